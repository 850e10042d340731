package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import java.util.Base64;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Gives requests that change something the id that makes their repeats safe (docs/protocol.md §5).
final class Cids {
  private static final Set<String> CHANGING_OPS = Set.of("send", "edit", "recall");
  private static final Set<String> READING_GROUP = Set.of("info", "members");

  private final RandomGenerator random;

  Cids(RandomGenerator random) {
    this.random = random;
  }

  Json.Obj named(Json.Obj fields) {
    if (fields.string("cid").isPresent() || !changes(fields)) {
      return fields;
    }
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String cid = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return Json.object().putAll(fields).put("cid", cid).build();
  }

  private static boolean changes(Json.Obj fields) {
    String op = fields.string("op").orElse("");
    if (op.equals("group")) {
      return !READING_GROUP.contains(fields.string("do").orElse(""));
    }
    return CHANGING_OPS.contains(op);
  }
}
