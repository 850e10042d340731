package dev.tidings.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the fuzzing client wrote of each case for one server. Its own verdict is not asked for: it
/// passes over how a connection was closed, and a case that never ran fails nowhere.
record CaseReports(List<Case> cases) {
  private static final Set<String> RIGHT = Set.of("OK", "NON-STRICT", "INFORMATIONAL");
  private static final Set<String> RIGHTLY_CLOSED = Set.of("OK", "INFORMATIONAL");

  /// @param behavior what the server did with the frames
  /// @param behaviorClose how the connection came to its end
  record Case(String id, String behavior, String behaviorClose) {
    boolean isRight() {
      return RIGHT.contains(behavior) && RIGHTLY_CLOSED.contains(behaviorClose);
    }
  }

  /// Reads the reports on the server of that name.
  static CaseReports read(Path folder, String server) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.getFileName().toString().startsWith(server + "_case_"))
              .filter(file -> file.toString().endsWith(".json"))
              .sorted()
              .toList();
    }
    List<Case> cases = new ArrayList<>();
    for (Path file : files) {
      JsonNode report = JsonMapper.shared().readTree(Files.readString(file));
      cases.add(
          new Case(
              report.path("id").asString(""),
              report.path("behavior").asString(""),
              report.path("behaviorClose").asString("")));
    }
    return new CaseReports(List.copyOf(cases));
  }

  /// The cases in which the server did not keep to the RFC.
  List<Case> faults() {
    return cases.stream().filter(each -> !each.isRight()).toList();
  }
}
