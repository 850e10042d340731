package dev.tidings.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.Channel;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.CommandDecoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    String filter = rule.substring(equals + 1);
    if (filter.getBytes(UTF_8).length > CommandDecoder.FILTER_BYTES_MAX) {
      throw refused(rule, "a filter has at most " + CommandDecoder.FILTER_BYTES_MAX + " bytes");
    }
    try {
      return new Channel(address.substring(2), LabelFilter.parse(filter));
    } catch (IllegalArgumentException e) {
      throw refused(rule, e.getMessage());
    }
  }

  private static ServerSettings.Refused refused(String rule, @Nullable String why) {
    return new ServerSettings.Refused("--channels " + rule + ": " + why);
  }
}
