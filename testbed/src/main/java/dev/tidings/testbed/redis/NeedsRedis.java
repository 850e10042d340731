package dev.tidings.testbed.redis;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The tests of this class run where there is a Redis from version 7 on, or a Valkey. Elsewhere
/// they say loudly that they did not run; and fail, if the environment says `REDIS_REQUIRED`, as
/// `.ci/run` does.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRedis.Condition.class)
public @interface NeedsRedis {
  /// Looks for the programs.
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> missing = RedisPrograms.missing();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("there is a Redis");
      }
      String words = "NOT TESTED: " + context.getDisplayName() + ": " + missing.get();
      if (System.getenv("REDIS_REQUIRED") != null) {
        throw new IllegalStateException(words);
      }
      System.err.println(words);
      return ConditionEvaluationResult.disabled(words);
    }
  }
}
