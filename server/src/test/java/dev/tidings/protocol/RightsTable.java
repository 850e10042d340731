package dev.tidings.protocol;

import dev.tidings.running.Asking.Transport;
import dev.tidings.running.Unit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What is asked, by whom, and what he must hear: a row for each question, a column for each role.
record RightsTable(List<String> columns, List<List<String>> rows) {
  /// What makes no sense over a transport is told instead, whatever the table says but `forbidden`:
  /// who asks by POST has shown who he is, and follows nothing unless he names a stream.
  private static final Map<Transport, Map<String, String>> INSTEAD =
      Map.of(
          Transport.POST,
          Map.of("auth", "bad_request", "sub", "bad_request"),
          Transport.EVENTS,
          Map.of("auth", "bad_request"));

  static RightsTable of(String text) {
    List<List<String>> lines =
        text.lines()
            .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
            .toList();
    return new RightsTable(lines.getFirst(), lines.subList(1, lines.size()));
  }

  /// Notes in `wrong` if the answer is not what the table says.
  static void compare(
      List<String> wrong,
      Transport transport,
      String what,
      String who,
      String expected,
      Unit answer) {
    String outcome = answer.op().equals("err") ? answer.text("code") : answer.op();
    Map<String, String> instead = INSTEAD.getOrDefault(transport, Map.of());
    String wanted = expected.equals("forbidden") ? expected : instead.getOrDefault(what, expected);
    if (!outcome.equals(wanted)) {
      wrong.add(what + " by " + who + ": " + answer + " and not " + wanted);
    }
  }
}
