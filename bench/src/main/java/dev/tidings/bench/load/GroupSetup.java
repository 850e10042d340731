package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.LineClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Makes groups before a run, over lines, one request after the other or some ahead.
///
/// They are quiet: joining writes no entry, which to thousands of members would be millions of
/// deliveries. A server has no way yet to delete a group, so they stay.
final class GroupSetup {
  /// Names in one request (docs/protocol.md §10).
  private static final int NAMES_MAX = 200;

  private final Site site;

  GroupSetup(Site site) {
    this.site = site;
  }

  private LineClient connect(int user) {
    LineClient client =
        LineClient.tryOpen(site.target().address())
            .orElseThrow(() -> new BenchFailure("nobody answers at " + site.target().address()));
    client.ask(site.identities().auth(user), "welcome");
    return client;
  }

  /// @param owner the user who makes it, and is in it too
  /// @param members further users
  void create(String address, int owner, List<Integer> members) {
    try (LineClient client = connect(owner)) {
      client.askAll(creation(address, members));
    }
  }

  /// Makes several with the same owner and members.
  void createAll(List<String> addresses, int owner, List<Integer> members) {
    try (LineClient client = connect(owner)) {
      client.askAll(addresses.stream().flatMap(each -> creation(each, members).stream()).toList());
    }
  }

  private List<String> creation(String address, List<Integer> members) {
    List<String> requests = new ArrayList<>();
    for (int from = 0; from == 0 || from < members.size(); from += NAMES_MAX) {
      List<Integer> some = members.subList(from, Math.min(members.size(), from + NAMES_MAX));
      String names =
          some.stream()
              .map(member -> "\"" + site.identities().user(member) + "\"")
              .collect(Collectors.joining(",", "[", "]"));
      requests.add(
          from == 0
              ? "{\"op\":\"group\",\"do\":\"create\",\"in\":\"%s\",\"quiet\":true,\"members\":%s}"
                  .formatted(address, names)
              : "{\"op\":\"group\",\"do\":\"add\",\"in\":\"%s\",\"who\":%s}"
                  .formatted(address, names));
    }
    return requests;
  }
}
