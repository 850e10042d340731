package dev.tidings.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The machine of a run, as far as it explains figures; nothing that names it.
public final class Machine {
  private Machine() {}

  public static Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    List<String> processors = lines(Path.of("/proc/cpuinfo"));
    facts.put("cores", processors.stream().filter(each -> each.startsWith("processor")).count());
    facts.put(
        "cpu",
        processors.stream()
            .filter(each -> each.startsWith("model name"))
            .map(each -> each.substring(each.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown"));
    facts.put("kernel", System.getProperty("os.version"));
    facts.put("jvm", System.getProperty("java.vm.version"));
    lines(Path.of("/proc/loadavg")).stream()
        .findFirst()
        .ifPresent(line -> facts.put("loadAverageBefore", line.replaceFirst(" .*", "")));
    return facts;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // no Linux
    }
  }
}
