package dev.tidings.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.Asking;
import dev.tidings.running.Asking.Transport;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The patterns of `caps` (docs/protocol.md §11) on every op, over every transport: what is named
/// exactly, by a beginning or by `*` alone is allowed, and nothing else is.
class CapsTest {
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.withoutRateLimits().withSearch();

  /// @param list of `caps`
  /// @param named by what stands there exactly
  private record Asked(String unit, String list, String named) {}

  private static List<Asked> asked() {
    List<Asked> all = new ArrayList<>();
    for (Shapes.Shape shape : Shapes.ALL) {
      String[] words = shape.word().split(" ", -1);
      if (!List.of("auth", "ping", "pong").contains(words[0])) {
        all.add(new Asked(shape.with("id", "1"), "op", words[0]));
      }
      if (words[0].equals("group")) {
        all.add(new Asked(shape.least(), "group", words[1]));
      }
    }
    for (String to : List.of("u:zoe", "g:none", "a:none", "t:kept.x", "t:passing")) {
      all.add(new Asked("{'op':'send','to':'" + to + "','data':1}", "send", to));
      all.add(new Asked("{'op':'edit','in':'" + to + "','seq':9,'data':1}", "send", to));
      all.add(new Asked("{'op':'recall','in':'" + to + "','seq':9}", "send", to));
    }
    for (String to : List.of("u:zoe", "g:none")) {
      all.add(new Asked("{'op':'signal','id':1,'to':'" + to + "','data':1}", "send", to));
    }
    for (String in : List.of("t:kept.x", "t:passing", "p:zoe", "p:g:none")) {
      all.add(new Asked("{'op':'sub','in':'" + in + "'}", "sub", in));
    }
    for (String in : List.of("t:kept.x", "t:passing")) {
      all.add(new Asked("{'op':'history','in':'" + in + "'}", "sub", in));
      all.add(new Asked("{'op':'search','q':'x','in':'" + in + "'}", "sub", in));
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void aPatternThatFitsAllowsAndNoOther(Transport transport) {
    List<String> wrong = new ArrayList<>();
    for (Asked asked : asked()) {
      if (transport == Transport.POST && asked.unit().startsWith("{'op':'sub'")) {
        continue; // there is nothing that could follow
      }
      String named = asked.named();
      String beginning = named.substring(0, named.length() - 1);
      for (String pattern : List.of(named, named + "*", beginning + "*", "*")) {
        hold(wrong, transport, asked, List.of("nothing", pattern), true);
      }
      for (String pattern : List.of(named + "x", beginning, "x*", "")) {
        hold(wrong, transport, asked, List.of("nothing", pattern), false);
      }
      hold(wrong, transport, asked, List.of(), false);
    }
    assertThat(wrong).isEmpty();
  }

  private static void hold(
      List<String> wrong,
      Transport transport,
      Asked asked,
      List<String> patterns,
      boolean allowed) {
    Map<String, List<String>> caps = Map.of(asked.list(), patterns);
    boolean admin = asked.unit().contains("\"admin\"");
    String token =
        admin
            ? SERVER.serviceTokenWithCaps("operator", caps)
            : SERVER.tokenWithCaps("somebody", caps);
    try (Asking who = Asking.withToken(token, transport, SERVER)) {
      Unit answer = who.ask(asked.unit().replace('\'', '"'));
      boolean refused =
          answer.text("code").equals("forbidden") && answer.text("msg").startsWith("may not ");
      if (refused == allowed) {
        wrong.add(asked + " with " + patterns + ": " + answer);
      }
    }
  }
}
