package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.kafka.Bridge.header;
import static org.entente.gateway.kafka.Bridge.hex;
import static org.entente.gateway.kafka.Bridge.key;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EraseRequest;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Messages in a topic of a real broker. */
class FollowIT {
  private static final Duration LONG = Duration.ofDays(5);

  @RegisterExtension static final SharedBroker BROKER = new SharedBroker();

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  @TempDir private Path folder;
  private Broker broker;
  private Bridge bridge;

  @BeforeEach
  void begin() {
    broker = BROKER.get();
    bridge = new Bridge(federation, broker, folder);
  }

  /** Follows in this process, until the bridge is closed. */
  private BridgeThread follow(String topic, String format) throws Exception {
    return BridgeThread.start(
        bridge.command(DE, broker.plainClient(), Bridge.following(topic, format)));
  }

  private BridgeThread follow(Path settings, String topic) {
    return BridgeThread.start(bridge.command(DE, settings, Bridge.following(topic, "PROTOBUF")));
  }

  /** Changes the agreement under which warnings go, before the gateways start. */
  private void agreement(String from, String to) throws Exception {
    Path file = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String text = Files.readString(file);
    assertTrue(text.contains(from), text);
    Files.writeString(file, text.replace(from, to));
  }

  private MessageId changing(MessageType type, MessageId target, String headline) {
    Draft.Builder draft = federation.draft(headline, LONG, DE).toBuilder();
    draft.getLabelBuilder().setMessageType(type).setReferences(ByteString.copyFrom(target.bytes()));
    return federation.accepted(FR, draft.build());
  }

  private static List<ConsumerRecord<byte[], byte[]>> of(
      MessageId id, List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().filter(one -> key(one).equals(hex(id))).toList();
  }

  @Test
  void messages_areRecords_andEndAsTombstones() throws Exception {
    broker.create("alerts", 3);
    federation.start(FR, DE);
    MessageId stays = federation.send(FR, "stays", LONG, DE);
    MessageId recalled = federation.send(FR, "recalled", LONG, DE);
    MessageId restricted = federation.send(FR, "restricted", LONG, DE);
    MessageId erased = federation.send(FR, "erased", LONG, DE);
    try (BridgeThread follow = follow("alerts", "JSON")) {
      var unused = bridge.await("alerts", follow, records -> records.size() == 4);
      var answer =
          RetentionGrpc.newBlockingStub(federation.channel(FR))
              .recall(
                  RecallRequest.newBuilder()
                      .setMessageId(ByteString.copyFrom(recalled.bytes()))
                      .setReason("the goods were genuine")
                      .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-3"))
                      .build());
      MessageId restriction = changing(MessageType.MESSAGE_TYPE_RESTRICTION, restricted, "hold it");
      unused = bridge.await("alerts", follow, records -> of(restricted, records).size() == 2);
      var lifted = changing(MessageType.MESSAGE_TYPE_CANCEL, restriction, "go on");
      unused = bridge.await("alerts", follow, records -> of(restricted, records).size() == 3);
      var gone =
          RetentionGrpc.newBlockingStub(federation.channel(DE))
              .erase(
                  EraseRequest.newBuilder()
                      .setMessageId(ByteString.copyFrom(erased.bytes()))
                      .setOnBehalfOf(
                          OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("art. 16"))
                      .build());
      assertTrue(gone.hasErasedAt());
      // The recalled one was erased too.
      List<ConsumerRecord<byte[], byte[]>> all =
          bridge.await(
              "alerts",
              follow,
              records -> of(erased, records).size() == 2 && of(recalled, records).size() == 3);

      ConsumerRecord<byte[], byte[]> first = of(stays, all).get(0);
      assertEquals("fr.customs", header(first, "entente.label.origin"));
      assertEquals("ALERT", header(first, "entente.label.kind"));
      assertEquals(hex(stays), header(first, "entente.label.message_id"));
      assertTrue(new String(first.value(), StandardCharsets.UTF_8).contains("\"stays\""));
      assertEquals(1, of(stays, all).size());

      // The bridge asks for erasures now and then: that tombstone may come first.
      List<ConsumerRecord<byte[], byte[]>> ended = of(recalled, all).subList(1, 3);
      assertTrue(ended.stream().allMatch(one -> one.value() == null), ended::toString);
      assertEquals(
          Set.of("RECALLED", "ERASED"),
          Set.of(header(ended.get(0), "entente.ended"), header(ended.get(1), "entente.ended")));
      assertNull(of(erased, all).get(1).value());
      assertEquals("ERASED", header(of(erased, all).get(1), "entente.ended"));
      assertEquals(1, of(MessageId.of(answer.getRecallId().toByteArray()), all).size());

      List<ConsumerRecord<byte[], byte[]>> held = of(restricted, all);
      assertNull(held.get(1).value());
      assertArrayEquals(held.get(0).value(), held.get(2).value());
      assertTrue(of(lifted, all).size() <= 1);
    }
  }

  /** An agency that has stated nothing yet is not taken to fulfil NO_EXPORT. */
  private MessageId acceptedOnceFulfilled() {
    List<MessageId> accepted = new ArrayList<>();
    federation.await(
        "the origin has heard what the recipient fulfils",
        () -> {
          Outcome outcome = federation.publish(FR, federation.draft("for the desk", LONG, DE));
          if (outcome.hasAccepted()) {
            accepted.add(MessageId.of(outcome.getMessageId().toByteArray()));
          }
          return outcome.hasAccepted();
        });
    return accepted.get(0);
  }

  @Test
  void messageWithNoExport_isNotWritten_andIsCounted() throws Exception {
    broker.create("forbidden", 1);
    agreement("  four_eyes: false\n", "  four_eyes: false\n  no_export: true\n");
    federation.start(FR, DE);
    MessageId secret = acceptedOnceFulfilled();
    try (JavaProcess follow = bridge.follow(DE, "forbidden")) {
      List<ConsumerRecord<byte[], byte[]>> all =
          bridge.await("forbidden", follow, records -> records.size() == 1);
      ConsumerRecord<byte[], byte[]> only = all.get(0);
      assertEquals(hex(secret), key(only));
      assertEquals(Body.getDefaultInstance(), Body.parseFrom(only.value()));
      assertEquals("NO_EXPORT", header(only, "entente.withheld"));
      assertEquals(1, only.headers().toArray().length);
      assertEquals(JavaProcess.STOPPED, follow.stop(), follow.output());
      assertTrue(follow.output().contains("withheld " + hex(secret)), follow.output());
      assertTrue(follow.output().contains("{NO_EXPORT=1}"), follow.output());
    }
  }

  @Test
  void messageThatIsTooLarge_isNotWritten_andTheOthersAre() throws Exception {
    broker.create("small", 1, Map.of("max.message.bytes", "3000"));
    federation.start(FR, DE);
    List<MessageId> sent = new ArrayList<>();
    for (String headline : List.of("one", "x".repeat(4_000), "two")) {
      Draft.Builder draft = federation.draft("note", LONG, DE).toBuilder();
      draft.getBodyBuilder().getAlertBuilder().getTextsBuilder(0).setDescription(headline);
      sent.add(federation.accepted(FR, draft.build()));
    }
    try (BridgeThread follow = follow("small", "PROTOBUF")) {
      List<ConsumerRecord<byte[], byte[]>> all =
          bridge.await("small", follow, records -> records.size() == 3);
      Bridge.assertEachOnce(sent, all);
      assertEquals("TOO_LARGE", header(of(sent.get(1), all).get(0), "entente.withheld"));
      assertEquals("", header(of(sent.get(2), all).get(0), "entente.withheld"));
    }
  }

  @Test
  @Tag("extended")
  @Tag("kafka")
  void secondBridgeOfTheSameName_endsTheFirst_andNothingComesTwice() throws Exception {
    broker.create("taken", 1);
    federation.start(FR, DE);
    List<MessageId> sent = new ArrayList<>();
    sent.add(federation.send(FR, "first", LONG, DE));
    try (JavaProcess first = bridge.follow(DE, "taken")) {
      var unused = bridge.await("taken", first, records -> records.size() == 1);
      try (JavaProcess second = bridge.follow(DE, "taken")) {
        assertTrue(first.exit() != 0, first.output());
        sent.add(federation.send(FR, "second", LONG, DE));
        Bridge.assertEachOnce(sent, bridge.await("taken", second, records -> records.size() == 2));
        assertEquals(JavaProcess.STOPPED, second.stop(), second.output());
      }
    }
  }

  @Test
  @Tag("extended")
  @Tag("kafka")
  void broker_overTlsWithPassword_takesMessages_andRefusesAnother() throws Exception {
    broker.create("secured", 1);
    federation.start(FR, DE);
    MessageId sent = federation.send(FR, "over TLS", LONG, DE);
    try (BridgeThread wrong = follow(broker.securedClient("guessed"), "secured")) {
      assertEquals(3, wrong.exit(), wrong.output());
      assertTrue(wrong.output().contains("the broker refused the credentials"), wrong.output());
    }
    try (BridgeThread right = follow(broker.securedClient(Broker.PASSWORD), "secured")) {
      Bridge.assertEachOnce(
          List.of(sent), bridge.await("secured", right, records -> records.size() == 1));
    }
  }

  @Test
  void sharedSubscription_isRefused() throws Exception {
    broker.create("shared", 1);
    federation.start(DE);
    var made =
        SubscriptionsGrpc.newBlockingStub(federation.channel(DE))
            .createSubscription(
                CreateSubscriptionRequest.newBuilder()
                    .setName("lake")
                    .setSettings(
                        SubscriptionSettings.newBuilder()
                            .setKind(SubscriptionKind.SUBSCRIPTION_KIND_SHARED))
                    .build());
    assertTrue(made.getCreated());
    try (BridgeThread follow = follow("shared", "PROTOBUF")) {
      assertEquals(2, follow.exit(), follow.output());
      assertTrue(follow.output().contains("\"lake\" is shared"), follow.output());
    }
  }

  @Test
  void start_withoutBroker_orTopic_saysSo() throws Exception {
    federation.start(DE);
    Path nobody =
        broker.client(
            "nobody.properties",
            """
            bootstrap.servers=127.0.0.1:9
            default.api.timeout.ms=2000
            request.timeout.ms=1000
            """);
    try (BridgeThread alone = follow(nobody, "missing")) {
      assertEquals(4, alone.exit(), alone.output());
      assertTrue(alone.output().contains("no answer from the broker"), alone.output());
    }
    try (BridgeThread missing = follow("missing", "PROTOBUF")) {
      assertEquals(1, missing.exit(), missing.output());
      assertTrue(missing.output().contains("topic \"missing\" does not exist"), missing.output());
    }
    List<String> one = new ArrayList<>(Bridge.following("one", "PROTOBUF"));
    one.addAll(List.of("--progress-topic", "one"));
    try (BridgeThread same = BridgeThread.start(bridge.command(DE, broker.plainClient(), one))) {
      assertEquals(2, same.exit(), same.output());
      assertTrue(same.output().contains("--progress-topic: must be another"), same.output());
    }
  }

  /** It makes the topic again, and writes what it could not. */
  @Test
  @Tag("extended")
  @Tag("kafka")
  void idsTopicThatIsLost_isMadeAgain_andMessagesGoOn() throws Exception {
    broker.create("robbed", 1);
    federation.start(FR, DE);
    List<MessageId> sent = new ArrayList<>();
    sent.add(federation.send(FR, "before", LONG, DE));
    try (BridgeThread follow = follow(broker.impatientClient(), "robbed")) {
      var unused = bridge.await("robbed", follow, records -> records.size() == 1);
      broker.delete("robbed.entente");
      sent.add(federation.send(FR, "behind", LONG, DE));
      Bridge.assertEachOnce(sent, bridge.await("robbed", follow, records -> records.size() == 2));
      assertTrue(follow.output().contains("retrying"), follow.output());
      assertTrue(broker.end("robbed.entente") > 0);
    }
  }
}
