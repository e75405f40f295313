package org.entente.gateway.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.ExitCode;
import org.entente.gateway.cli.text.TerminalText;

/** What a failure of Kafka's client means for the person who runs the program. */
final class KafkaFailures {
  private KafkaFailures() {}

  /**
   * Whether another attempt would fail in the same way, until a person acts. A topic that is gone
   * is not final: the next session makes it again, or names it.
   */
  static boolean isFinal(Throwable failure) {
    return has(failure, AuthenticationException.class)
        || has(failure, AuthorizationException.class)
        || isFenced(failure)
        || has(failure, ConfigException.class)
        || has(failure, InvalidConfigurationException.class);
  }

  /** The broker's coordinator and its partitions have different words for it. */
  private static boolean isFenced(Throwable failure) {
    return has(failure, ProducerFencedException.class)
        || has(failure, InvalidProducerEpochException.class);
  }

  static boolean isTooLarge(Throwable failure) {
    return has(failure, RecordTooLargeException.class);
  }

  static CommandFailure explain(Throwable failure) {
    if (has(failure, AuthenticationException.class)) {
      return of(ExitCode.REFUSED, "the broker refused the credentials", failure);
    }
    if (has(failure, AuthorizationException.class)) {
      return of(ExitCode.REFUSED, "the broker refused the call", failure);
    }
    if (has(failure, ConfigException.class)) {
      return of(ExitCode.USAGE, "--kafka: a setting is wrong", failure);
    }
    if (isFenced(failure)) {
      return of(
          ExitCode.FAILED,
          "another entente kafka with the same name took over; run one at a time",
          failure);
    }
    if (has(failure, UnknownTopicOrPartitionException.class)) {
      return of(ExitCode.FAILED, "a topic does not exist", failure);
    }
    return has(failure, RetriableException.class)
        ? of(ExitCode.UNREACHABLE, "no answer from the broker", failure)
        : of(ExitCode.FAILED, "Kafka failed", failure);
  }

  /** What failed, in a few words. */
  static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null
        && (deepest instanceof ExecutionException || deepest instanceof KafkaException)) {
      deepest = deepest.getCause();
    }
    String words = deepest.getMessage();
    return TerminalText.printable(words == null ? deepest.getClass().getSimpleName() : words);
  }

  private static CommandFailure of(ExitCode exit, String what, Throwable failure) {
    return new CommandFailure(exit, what + ": " + reason(failure), failure);
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable one = failure; one != null; one = one.getCause()) {
      if (kind.isInstance(one)) {
        return true;
      }
    }
    return false;
  }
}
