package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.stream.Stream;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.testkit.InstanceCount;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recipient parses from an envelope's arrival until a subscriber has its messages. */
@SuppressWarnings("NullAway.Init") // set before each test
class ParsedOnceTest {
  private static final int MESSAGES = 64;

  @TempDir private Path folder;
  private final Random random = new Random(1);
  private final Deque<Delivery> envelopes = new ArrayDeque<>();
  private SubscribedNode node;

  @BeforeEach
  void open() throws IOException {
    node = new SubscribedNode(folder);
  }

  @AfterEach
  void close() throws IOException {
    node.close();
  }

  private Permitted alert() {
    Alert alert = Alert.newBuilder().addTexts(AlertText.newBuilder().setHeadline("x")).build();
    return PermittedFixture.alert(
        MessageId.fresh(ReceiveKit.ORIGIN, node.now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.PRIORITY,
        Body.newBuilder().setAlert(alert).build(),
        node.now,
        ReceiveKit.SELF.value());
  }

  private void arrive() {
    node.kit.handOver(Lane.PRIORITY, envelopes.remove());
    node.subscriptions.arrived();
  }

  @Test
  void headerAndBodies_ofAnEnvelope_areParsedOnce() {
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    // Sealed before, since the origin of the kit makes headers and bodies too.
    for (int i = 0; i <= InstanceCount.ATTEMPTS; i++) {
      Permitted[] messages = Stream.generate(this::alert).limit(MESSAGES).toArray(Permitted[]::new);
      envelopes.addAll(node.kit.seal(messages));
    }
    arrive();
    int before = one.given.size();
    assertEquals(MESSAGES, before);
    InstanceCount count = InstanceCount.of(this::arrive);
    assertEquals(0, one.given.size() % MESSAGES);
    assertEquals(1, count.made(EnvelopeHeader.class));
    assertEquals(MESSAGES, count.made(Body.class));
    assertEquals(MESSAGES, count.made(Label.class));
  }
}
