package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators are warned of subscriptions that nobody serves, and of dead letters. */
class SubscriptionGaugesTest {
  @TempDir private Path folder;
  @AutoClose private QuarantineNode node;
  private SubscriptionGauges gauges;

  @BeforeEach
  void start() throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
    ClientSubscriptions subscriptions =
        new ClientSubscriptions(
            ReceiveKit.SELF,
            node.ledger,
            new LabelCheck(MessageLimits.defaults()),
            node.subscriptions,
            Set::of);
    gauges = new SubscriptionGauges(subscriptions, () -> node.now, Duration.ofHours(1));
    var unused =
        subscriptions.create(
            new NodeName("desk"),
            CreateSubscriptionRequest.newBuilder()
                .setName("team")
                .setSettings(
                    SubscriptionSettings.newBuilder()
                        .setKind(SubscriptionKind.SUBSCRIPTION_KIND_SHARED)
                        .setMaxDeliveries(1))
                .build());
    node.kit.deliver(node.alert("waits"));
  }

  private List<String> warnings() {
    gauges.measure();
    return gauges.warnings();
  }

  @Test
  void subscriptionThatIsTooFarBehind_isAWarning() {
    assertEquals(List.of(), warnings());
    node.now = node.now.plus(Duration.ofHours(1));
    assertEquals(List.of(), warnings());
    node.now = node.now.plusSeconds(1);
    assertEquals(
        List.of("subscription: team of client desk is 3601 s behind, with 0 streams"), warnings());
  }

  @Test
  void deadLetters_areAWarning() {
    var stream = node.stream(OpenCursor.newBuilder().setCursor("team").build());
    node.subscriptions.closed("desk", "team", stream.subscription()).join();
    node.kit.settle();
    assertEquals(
        List.of(
            "subscription: dead letters of team of client desk wait: 1; run `entente subscription"
                + " dead-letters`"),
        warnings());
  }
}
