package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.kafka.Bridge.header;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.federation.RunningFederation;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Problem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Drafts from a topic of a real broker. */
class PublishIT {
  private static final Duration LONG = Duration.ofDays(5);

  @TempDir private static Path brokerFolder;
  private static Broker broker;

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  @TempDir private Path folder;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = Broker.start(brokerFolder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private Draft draft(String headline) {
    return federation.draft(headline, LONG, DE).toBuilder().clearIdempotencyKey().build();
  }

  private JavaProcess publish(Bridge bridge) throws Exception {
    return bridge.start(
        FR,
        broker.plainClient(),
        "publish",
        "--drafts",
        "drafts",
        "--outcomes",
        "outcomes",
        "--group",
        "entente");
  }

  private static Map<String, Outcome> byDraft(List<ConsumerRecord<byte[], byte[]>> records)
      throws Exception {
    Map<String, Outcome> all = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> one : records) {
      Outcome before = all.put(header(one, "entente.draft"), Outcome.parseFrom(one.value()));
      assertEquals(null, before, "one outcome for each draft");
    }
    return all;
  }

  private static Problem invalid(Map<String, Outcome> outcomes, int offset) {
    return outcomes.getOrDefault("drafts-0-" + offset, Outcome.getDefaultInstance()).getInvalid();
  }

  /** What is bad alone fails alone, and a kill publishes nothing twice. */
  @Test
  void drafts_areEachPublishedOnce_overKills() throws Exception {
    broker.create("drafts", 1);
    broker.create("outcomes", 2);
    Bridge bridge = new Bridge(federation, broker, folder);
    List<byte[]> values = new ArrayList<>();
    values.add(draft("first").toByteArray());
    values.add("nothing of the kind".getBytes(StandardCharsets.UTF_8));
    values.add(draft("named").toBuilder().setIdempotencyKey("mine").build().toByteArray());
    values.add(draft("no lane").toBuilder().clearBody().build().toByteArray());
    for (int i = values.size(); i < 200; i++) {
      values.add(draft("number " + i).toByteArray());
    }
    broker.write("drafts", values);
    for (int killed = 0; killed < 3; killed++) {
      int least = killed * 20;
      try (JavaProcess process = publish(bridge)) {
        var unused =
            bridge.await(
                "outcomes", process, records -> records.size() >= least || records.size() == 200);
        process.kill();
      }
    }
    try (JavaProcess process = publish(bridge)) {
      Map<String, Outcome> outcomes =
          byDraft(bridge.await("outcomes", process, records -> records.size() >= values.size()));
      assertEquals(values.size(), outcomes.size());
      assertEquals("INVALID_FIELD", invalid(outcomes, 1).getCode(), outcomes::toString);
      assertEquals("idempotency_key", invalid(outcomes, 2).getField());
      assertEquals("INVALID_FIELD", invalid(outcomes, 3).getCode());
      assertEquals(197, outcomes.values().stream().filter(Outcome::hasAccepted).count());
      assertEquals(JavaProcess.STOPPED, process.stop(), process.output());
    }
    assertEquals(197, federation.receive(DE, 197).size());
  }
}
