package dev.tidings.config;

import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.Channel;
import dev.tidings.protocol.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The texts of `--channels`: `a:staff=role:staff`, `a:beta=platform:ios|android+version:3.*`.
final class ChannelRules {
  private ChannelRules() {}

  /// @throws ServerSettings.Refused naming the channel and what is wrong with it
  static List<Channel> parse(List<String> rules) {
    List<Channel> channels = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of("all"));
    for (String rule : rules) {
      Channel channel = channel(rule);
      if (!names.add(channel.name())) {
        throw refused(rule, "there is a channel of this name already");
      }
      channels.add(channel);
    }
    if (channels.size() > Channel.CHANNELS_MAX) {
      throw new ServerSettings.Refused("--channels: at most " + Channel.CHANNELS_MAX);
    }
    return List.copyOf(channels);
  }

  private static Channel channel(String rule) {
    int equals = rule.indexOf('=');
    String address = equals < 0 ? rule : rule.substring(0, equals);
    if (!address.startsWith("a:") || Address.parse(address).isEmpty()) {
      throw refused(rule, "a channel is written a:name=label:value");
    }
    if (equals < 0 || equals == rule.length() - 1) {
      throw refused(rule, "for whom? a:name=label:value, with + and | where there are several");
    }
    Map<String, List<String>> values = new HashMap<>();
    for (String term : rule.substring(equals + 1).split("\\+", -1)) {
      int colon = term.indexOf(':');
      if (colon < 1 || colon == term.length() - 1) {
        throw refused(rule, "'" + term + "' is not written label:value");
      }
      List<String> wanted = List.of(term.substring(colon + 1).split("\\|", -1));
      if (wanted.stream().anyMatch(String::isEmpty)) {
        throw refused(rule, "an empty value fits nobody");
      }
      if (values.put(term.substring(0, colon), wanted) != null) {
        throw refused(rule, "a label twice: write label:one|other");
      }
    }
    return new Channel(address.substring(2), new LabelFilter(values));
  }

  private static ServerSettings.Refused refused(String rule, String why) {
    return new ServerSettings.Refused("--channels " + rule + ": " + why);
  }
}
