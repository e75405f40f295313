package org.entente.gateway.cli.message;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.entente.proto.v1.SubscriptionState;
import org.junit.jupiter.api.Test;

/** What is shown of a subscription. */
final class SubscriptionCommandTest {
  private static List<String> shared(int lease, int deliveries) {
    return SubscriptionCommand.Show.lines(
        SubscriptionState.newBuilder()
            .setName("cases")
            .setSettings(
                SubscriptionSettings.newBuilder()
                    .setKind(SubscriptionKind.SUBSCRIPTION_KIND_SHARED)
                    .setLeaseSeconds(lease)
                    .setMaxDeliveries(deliveries))
            .build());
  }

  @Test
  void show_ofDefaults_saysWhatTheGatewayDoes() {
    List<String> lines = shared(0, 0);
    assertTrue(lines.contains("lease         60 s"), lines::toString);
    assertTrue(lines.contains("dead letters  0, after 5 deliveries"), lines::toString);
  }

  @Test
  void show_ofOwnSettings_saysThose() {
    List<String> lines = shared(30, 2);
    assertTrue(lines.contains("lease         30 s"), lines::toString);
    assertTrue(lines.contains("dead letters  0, after 2 deliveries"), lines::toString);
  }
}
