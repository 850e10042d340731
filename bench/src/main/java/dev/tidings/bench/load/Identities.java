package dev.tidings.bench.load;

import dev.tidings.auth.Tokens;
import dev.tidings.bench.process.BenchFailure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who the connections say they are, by their number, from 0.
interface Identities {
  /// The name of a user.
  String user(int index);

  /// The unit that authenticates him.
  String auth(int index);

  /// Names of this run's own, which a server in development mode believes.
  record Names(String run) implements Identities {
    @Override
    public String user(int index) {
      return "b" + run + "." + index;
    }

    @Override
    public String auth(int index) {
      return "{\"op\":\"auth\",\"user\":\"" + user(index) + "\"}";
    }
  }

  /// The same names with tokens, signed with the server's key.
  ///
  /// @param lifeSeconds how long a token holds; the run must be over then
  record Signed(Names names, Tokens signer, long nowMillis, long lifeSeconds)
      implements Identities {
    private static final List<String> MAY_SEND = List.of("u:*", "g:*", "t:*", "a:*");

    @Override
    public String user(int index) {
      return names.user(index);
    }

    @Override
    public String auth(int index) {
      return authWith(signer.sign(user(index), false, MAY_SEND, nowMillis, lifeSeconds));
    }
  }

  /// Tokens from somewhere else, taken in turn.
  record Given(List<String> tokens) implements Identities {
    private static final Pattern SUBJECT = Pattern.compile("\"sub\"\\s*:\\s*\"([^\"]+)\"");

    public Given {
      tokens = List.copyOf(tokens);
      if (tokens.isEmpty()) {
        throw new BenchFailure("there is no token");
      }
    }

    private String token(int index) {
      return tokens.get(index % tokens.size());
    }

    /// The claim `sub`, which the server will read too; nothing is verified.
    @Override
    public String user(int index) {
      String[] parts = token(index).split("\\.", -1);
      try {
        byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
        Matcher subject = SUBJECT.matcher(new String(claims, StandardCharsets.UTF_8));
        if (subject.find()) {
          return subject.group(1);
        }
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new BenchFailure("a token is no JWT: " + e.getMessage(), e);
      }
      throw new BenchFailure("a token names no user");
    }

    @Override
    public String auth(int index) {
      return authWith(token(index));
    }
  }

  private static String authWith(String token) {
    return "{\"op\":\"auth\",\"token\":\"" + token + "\"}";
  }
}
