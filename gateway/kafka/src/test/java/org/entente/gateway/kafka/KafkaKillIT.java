package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL of the bridge, of the broker and a restart of the gateway, between and in transactions.
 */
@Tag("extended")
@Tag("kafka")
class KafkaKillIT {
  private static final int ROUNDS = 4;
  private static final int EACH = 150;
  private static final Duration LONG = Duration.ofDays(5);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  @TempDir private Path folder;

  private void send(List<MessageId> sent) {
    for (int i = 0; i < EACH; i++) {
      sent.add(federation.send(FR, "message " + sent.size(), LONG, DE));
    }
  }

  @Test
  void everyMessage_isInTheTopicOnce_overKillsOfBridgeAndBroker() throws Exception {
    List<MessageId> sent = new ArrayList<>();
    try (Broker broker = Broker.start(folder)) {
      broker.create("alerts", 3);
      Bridge bridge = new Bridge(federation, broker, folder);
      for (int round = 0; round < ROUNDS; round++) {
        send(sent);
        int some = round * EACH + 1;
        try (JavaProcess follow = bridge.follow(DE, "alerts", "PROTOBUF")) {
          var unused = bridge.await("alerts", follow, records -> records.size() >= some);
          follow.kill();
        }
        if (round == 1) {
          federation.stop(DE);
          federation.start(DE);
        }
      }
      try (JavaProcess follow = bridge.follow(DE, "alerts", "PROTOBUF")) {
        send(sent);
        int some = sent.size() - EACH + 1;
        var unused = bridge.await("alerts", follow, records -> records.size() >= some);
        broker.kill();
        broker.start();
        send(sent);
        Bridge.assertEachOnce(
            sent, bridge.await("alerts", follow, records -> records.size() >= sent.size()));
        assertEquals(JavaProcess.STOPPED, follow.stop(), follow.output());
        assertFalse(follow.output().contains("Exception"), follow.output());
      }
    }
  }
}
