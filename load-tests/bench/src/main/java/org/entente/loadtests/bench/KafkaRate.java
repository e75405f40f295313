package org.entente.loadtests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.isolation.WarningStream;

/**
 * A backlog of messages of 1 KiB, delivered to a client that only acknowledges, and written by
 * {@code entente kafka follow} to a topic of a real broker. Broker, bridge and reader run on the
 * class path of the bridge's tests, in processes of their own.
 */
final class KafkaRate {
  /** Names that class path; {@code load-tests/run} sets it. */
  static final String PROPERTY = "entente.kafka";

  private static final String PROGRAM = "org.entente.gateway.kafka.BacklogRates";
  private static final int WINDOW = 2_000;

  /** Id of the rate to a client that only acknowledges. */
  static final String DELIVERED = "kafka.delivered";

  /** Id of the rate into a topic. */
  static final String WRITTEN = "kafka.written";

  private final Federation federation;
  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  /**
   * A measurement that has not begun.
   *
   * @param folder for the broker's files; must not exist
   */
  KafkaRate(
      Federation federation, Path folder, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.folder = folder;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Fills the recipient's ledger, then measures in turns; fails if a message is not there once. */
  void run(AnsweringProcess program) throws InterruptedException {
    String classPath = System.getProperty(PROPERTY);
    if (classPath == null) {
      results.note("Kafka was not measured: load-tests/run has what it needs");
      return;
    }
    say.accept("a backlog into Apache Kafka");
    DirectLink.start(federation);
    int messages = effort.scenarios().stored();
    fill(messages);
    JsonNode turns =
        program.answer(
            classPath,
            PROGRAM,
            List.of(
                folder.toString(),
                federation.plan(GatewayChain.TO).clients(),
                federation.credentials(GatewayChain.TO, "desk").toString(),
                Integer.toString(messages),
                Integer.toString(effort.repeats())),
            federation.plan(GatewayChain.TO).folder().resolve("kafka.log"));
    String backlog = "backlog of %,d messages of 1 KiB, ".formatted(messages);
    add(Subject.ENTENTE, DELIVERED, backlog + "to a client that acknowledges", turns, "delivered");
    add(Subject.KAFKA, WRITTEN, backlog + "until a reader of the topic has it", turns, "written");
    results.ratio(
        "kafka_ratio",
        "messages/s into a topic / to a client that acknowledges",
        WRITTEN,
        DELIVERED);
  }

  private void fill(int messages) throws InterruptedException {
    WarningStream stream =
        new WarningStream(
            federation, GatewayChain.FROM, List.of(GatewayChain.TO), "kafka", Effort.KIB, WINDOW);
    stream.subscribe();
    for (int i = 0; i < messages; i++) {
      stream.send();
    }
    stream.awaitArrived(messages);
  }

  private void add(Subject subject, String id, String what, JsonNode turns, String name) {
    Rounds rounds = new Rounds("into Apache Kafka", subject);
    turns.path(name).forEach(rate -> rounds.add(id, what, "messages/s", rate.asDouble()));
    rounds.addTo(results, say);
  }
}
