package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.kafka.Bridge.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Problem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Drafts from a topic of a real broker. */
class PublishIT {
  private static final Duration LONG = Duration.ofDays(5);

  @RegisterExtension static final SharedBroker BROKER = new SharedBroker();

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  @TempDir private Path folder;

  private Broker broker;
  private Bridge bridge;

  @BeforeEach
  void begin() {
    broker = BROKER.get();
    bridge = new Bridge(federation, broker, folder);
  }

  private Draft draft(String headline) {
    return federation.draft(headline, LONG, DE).toBuilder().clearIdempotencyKey().build();
  }

  /** The first start of {@link #publishing}. */
  private List<String> beginning(String topic, String instance) throws Exception {
    List<String> all = new ArrayList<>(publishing(topic, instance));
    all.add("--new-group");
    return all;
  }

  /** Publishes what is in a topic, and writes outcomes to another of the same name and a suffix. */
  private List<String> publishing(String topic, String instance) throws Exception {
    return bridge.command(
        FR,
        broker.plainClient("session.timeout.ms=6000", "max.poll.records=20"),
        List.of(
            "publish",
            "--drafts",
            topic,
            "--outcomes",
            topic + "-outcomes",
            "--group",
            topic,
            "--instance",
            instance));
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

  private static Problem invalid(Map<String, Outcome> outcomes, String place) {
    return outcomes.getOrDefault(place, Outcome.getDefaultInstance()).getInvalid();
  }

  private static long accepted(Map<String, Outcome> outcomes) {
    return outcomes.values().stream().filter(Outcome::hasAccepted).count();
  }

  private List<byte[]> drafts(int count) {
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(draft("number " + i).toByteArray());
    }
    return values;
  }

  /** What is bad fails alone; no key of a draft can keep outcomes out of their topic. */
  @Test
  void draft_thatIsBad_hasAnOutcomeThatSaysSo_andStopsNoOther() throws Exception {
    broker.create("mixed", 1);
    broker.create("mixed-outcomes", 1, Map.of("cleanup.policy", "compact"));
    byte[] good = draft("good").toByteArray();
    byte[] huge = new byte[1_000_000];
    broker.writeRecords(
        List.of(
            new ProducerRecord<>("mixed", "mine".getBytes(StandardCharsets.UTF_8), good),
            new ProducerRecord<>("mixed", "nothing of the kind".getBytes(StandardCharsets.UTF_8)),
            new ProducerRecord<>("mixed", null),
            new ProducerRecord<>("mixed", huge, draft("huge key").toByteArray()),
            new ProducerRecord<>(
                "mixed",
                draft("named").toBuilder().setIdempotencyKey("mine").build().toByteArray()),
            new ProducerRecord<>(
                "mixed", draft("no lane").toBuilder().clearBody().build().toByteArray())));
    try (BridgeThread publish = BridgeThread.start(beginning("mixed", "0"))) {
      List<ConsumerRecord<byte[], byte[]>> all =
          bridge.await("mixed-outcomes", publish, records -> records.size() >= 6);
      assertEquals(
          List.of("mine", "mixed-0-1", "mixed-0-2", "mixed-0-3", "mixed-0-4", "mixed-0-5"),
          all.stream().map(Bridge::key).toList());
      Map<String, Outcome> outcomes = byDraft(all);
      assertEquals(2, accepted(outcomes));
      assertEquals("INVALID_FIELD", invalid(outcomes, "mixed-0-1").getCode());
      assertEquals("draft", invalid(outcomes, "mixed-0-2").getField());
      assertEquals("idempotency_key", invalid(outcomes, "mixed-0-4").getField());
      assertEquals("INVALID_FIELD", invalid(outcomes, "mixed-0-5").getCode());
    }
  }

  /** It was repeated for ever, with all drafts that were read with it. */
  @Test
  void outcome_thatIsTooLarge_isShortened_andTheOthersAreWhole() throws Exception {
    broker.create("large", 1);
    broker.create("large-outcomes", 1, Map.of("max.message.bytes", "900"));
    byte[] longKey = new byte[2_000];
    broker.writeRecords(
        List.of(
            new ProducerRecord<>("large", draft("before").toByteArray()),
            new ProducerRecord<>(
                "large", longKey, draft("no lane").toBuilder().clearBody().build().toByteArray()),
            new ProducerRecord<>("large", draft("behind").toByteArray())));
    try (BridgeThread publish = BridgeThread.start(beginning("large", "0"))) {
      List<ConsumerRecord<byte[], byte[]>> all =
          bridge.await("large-outcomes", publish, records -> records.size() >= 3);
      Map<String, Outcome> outcomes = byDraft(all);
      assertEquals(2, accepted(outcomes), outcomes::toString);
      assertEquals("INVALID_FIELD", invalid(outcomes, "large-0-1").getCode());
      assertEquals("", invalid(outcomes, "large-0-1").getMessage());
      assertEquals("TOO_LARGE", header(all.get(1), "entente.shortened"));
      assertEquals("", header(all.get(2), "entente.shortened"));
      assertTrue(
          publish
              .output()
              .contains("shortened the outcome of large-0-1 in topic large-outcomes: TOO_LARGE"),
          publish.output());
    }
  }

  /**
   * Attack: a member restricts what drafts pass on. None of these refusals is for the client to
   * mend; each ended the program, or was repeated for ever.
   */
  @Test
  void draft_thatOthersMakeTheGatewayRefuse_stopsNoOther() throws Exception {
    MessageId received = federation.send(DE, "a suspect", LONG, FR);
    Draft.Builder restriction = federation.draft("hold it", LONG, FR).toBuilder();
    restriction
        .getLabelBuilder()
        .setMessageType(MessageType.MESSAGE_TYPE_RESTRICTION)
        .setReferences(ByteString.copyFrom(received.bytes()));
    federation.awaitEvidence(DE, received, EvidenceKind.EVIDENCE_KIND_DELIVERY, FR);
    MessageId held = federation.accepted(DE, restriction.build());
    federation.awaitEvidence(DE, held, EvidenceKind.EVIDENCE_KIND_DELIVERY, FR);
    Draft.Builder operation = draft("to an operation").toBuilder();
    operation.getToBuilder().clear().setOperation(ByteString.copyFrom(new byte[16]));
    broker.create("others", 1);
    broker.create("others-outcomes", 1);
    broker.write(
        "others",
        List.of(
            draft("passed on").toBuilder()
                .addDerivedFrom(ByteString.copyFrom(received.bytes()))
                .build()
                .toByteArray(),
            operation.build().toByteArray(),
            draft("good").toByteArray()));
    try (BridgeThread publish = BridgeThread.start(beginning("others", "0"))) {
      Map<String, Outcome> outcomes =
          byDraft(bridge.await("others-outcomes", publish, records -> records.size() >= 3));
      assertEquals("RESTRICTED", invalid(outcomes, "others-0-0").getCode());
      assertEquals("derived_from[0]", invalid(outcomes, "others-0-0").getField());
      assertEquals("ROSTER_UNKNOWN", invalid(outcomes, "others-0-1").getCode());
      assertEquals(1, accepted(outcomes), outcomes::toString);
    }
  }

  /** The calls of the client may cost 200 at once, then 100 a second; these cost 480. */
  @Test
  void drafts_forWhichTheGatewayIsOverloaded_areReadAgain_andEachPublishedOnce() throws Exception {
    federation.stop(FR);
    Files.writeString(
        federation.config(FR),
        "limits: {per_client: {call_cost: 100}}\n",
        StandardOpenOption.APPEND);
    federation.start(FR);
    broker.create("overload", 2);
    broker.create("overload-outcomes", 1);
    broker.write("overload", drafts(120));
    try (BridgeThread publish = BridgeThread.start(beginning("overload", "0"))) {
      Map<String, Outcome> outcomes =
          byDraft(bridge.await("overload-outcomes", publish, records -> records.size() >= 120));
      assertEquals(120, accepted(outcomes), outcomes::toString);
      assertTrue(publish.output().contains("overloaded"), publish.output());
    }
  }

  /** The outcomes would be drafts, and have outcomes themselves, without end. */
  @Test
  void outcomes_toTheTopicOfDrafts_areRefused() throws Exception {
    List<String> command = new ArrayList<>(publishing("circle", "0"));
    command.replaceAll(one -> one.equals("circle-outcomes") ? "circle" : one);
    try (BridgeThread publish = BridgeThread.start(command)) {
      assertEquals(2, publish.exit(), publish.output());
      assertTrue(publish.output().contains("--outcomes: must be another"), publish.output());
    }
    try (BridgeThread publish = BridgeThread.start(publishing("circle", "a/b"))) {
      assertEquals(2, publish.exit(), publish.output());
      assertTrue(publish.output().contains("valid is a name without \"/\""), publish.output());
    }
  }

  /**
   * A broker forgets a group whose bridge was stopped for a week. Its drafts are older than what
   * the gateway knows idempotency keys for.
   */
  @Test
  void drafts_ofAGroupWithoutOffsets_arePublishedOnlyIfAPersonSaysThatItIsNew() throws Exception {
    broker.create("forgotten", 2);
    broker.create("forgotten-outcomes", 1);
    broker.write("forgotten", drafts(2));
    try (BridgeThread publish = BridgeThread.start(publishing("forgotten", "0"))) {
      assertEquals(1, publish.exit(), publish.output());
      assertTrue(publish.output().contains("has no offsets in topic \"forgotten\""));
    }
    assertEquals(0, broker.end("forgotten-outcomes"));
    try (BridgeThread publish = BridgeThread.start(beginning("forgotten", "0"))) {
      var outcomes = bridge.await("forgotten-outcomes", publish, records -> records.size() >= 2);
      assertEquals(2, accepted(byDraft(outcomes)));
    }
    try (BridgeThread publish = BridgeThread.start(beginning("forgotten", "0"))) {
      assertEquals(2, publish.exit(), publish.output());
      assertTrue(publish.output().contains("--new-group: group \"forgotten\" has offsets"));
    }
    try (BridgeThread publish = BridgeThread.start(publishing("forgotten", "0"))) {
      broker.write("forgotten", drafts(1));
      var outcomes = bridge.await("forgotten-outcomes", publish, records -> records.size() >= 3);
      assertEquals(3, accepted(byDraft(outcomes)));
    }
  }

  /** Nothing in it can have been published before. */
  @Test
  void drafts_thatComeToAnEmptyTopic_arePublishedByAGroupWithoutOffsets() throws Exception {
    broker.create("empty", 1);
    broker.create("empty-outcomes", 1);
    try (BridgeThread publish = BridgeThread.start(publishing("empty", "0"))) {
      broker.awaitGroup("empty");
      broker.write("empty", drafts(1));
      var outcomes = bridge.await("empty-outcomes", publish, records -> records.size() >= 1);
      assertEquals(1, accepted(byDraft(outcomes)));
    }
  }

  /** Its offsets begin again; the gateway must not take new drafts for old ones. */
  @Test
  @Tag("extended")
  @Tag("kafka")
  void topicOfDrafts_thatIsMadeAgain_hasNewDrafts() throws Exception {
    broker.create("again", 1);
    broker.create("again-outcomes", 1);
    broker.write("again", drafts(3));
    try (BridgeThread publish = BridgeThread.start(beginning("again", "0"))) {
      var unused = bridge.await("again-outcomes", publish, records -> records.size() == 3);
      broker.delete("again");
      broker.create("again", 1);
      broker.write("again", List.of(draft("other").toByteArray()));
      List<ConsumerRecord<byte[], byte[]>> all =
          bridge.await("again-outcomes", publish, records -> records.size() == 4);
      assertEquals("again-0-0", header(all.get(3), "entente.draft"));
      assertTrue(Outcome.parseFrom(all.get(3).value()).hasAccepted(), publish.output());
      assertNotEquals(Outcome.parseFrom(all.get(0).value()), Outcome.parseFrom(all.get(3).value()));
    }
    assertEquals(4, federation.receive(DE, 4).size());
  }

  /** One is killed; the other takes its partitions over. */
  @Test
  @Tag("extended")
  @Tag("kafka")
  void drafts_ofAGroupOfTwoProcesses_areEachPublishedOnce() throws Exception {
    broker.create("halves", 2);
    broker.create("halves-outcomes", 1);
    broker.write("halves", drafts(100));
    try (JavaProcess first = bridge.start(beginning("halves", "first"))) {
      var began = bridge.await("halves-outcomes", first, records -> records.size() >= 20);
      assertTrue(began.size() >= 20);
      takeOver(first);
    }
    assertEquals(200, federation.receive(DE, 200).size());
  }

  private void takeOver(JavaProcess first) throws Exception {
    try (JavaProcess second = bridge.start(publishing("halves", "second"))) {
      broker.write("halves", drafts(100));
      first.kill();
      Map<String, Outcome> outcomes =
          byDraft(bridge.await("halves-outcomes", second, records -> records.size() >= 200));
      assertEquals(200, accepted(outcomes));
      assertEquals(JavaProcess.STOPPED, second.stop(), second.output());
    }
  }

  @Test
  @Tag("extended")
  @Tag("kafka")
  void drafts_areEachPublishedOnce_overKills() throws Exception {
    broker.create("drafts", 1);
    broker.create("drafts-outcomes", 2);
    broker.write("drafts", drafts(200));
    for (int killed = 0; killed < 2; killed++) {
      int least = 1 + killed * 40;
      try (JavaProcess process =
          bridge.start(killed == 0 ? beginning("drafts", "0") : publishing("drafts", "0"))) {
        var unused = bridge.await("drafts-outcomes", process, records -> records.size() >= least);
        process.kill();
      }
    }
    try (JavaProcess process = bridge.start(publishing("drafts", "0"))) {
      Map<String, Outcome> outcomes =
          byDraft(bridge.await("drafts-outcomes", process, records -> records.size() >= 200));
      assertEquals(200, accepted(outcomes), outcomes::toString);
      assertEquals(JavaProcess.STOPPED, process.stop(), process.output());
    }
    assertEquals(200, federation.receive(DE, 200).size());
  }
}
