package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.Main;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.LoopbackPort;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of the bridge, the broker and the gateway, between and in transactions. */
@Tag("extended")
@Tag("kafka")
class KafkaKillIT {
  private static final int ROUNDS = 2;
  private static final int EACH = 60;
  private static final Duration LONG = Duration.ofDays(5);

  @RegisterExtension static final SharedBroker BROKER = new SharedBroker();
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);
  @TempDir private Path folder;
  private final List<MessageId> sent = new ArrayList<>();
  private Broker broker;
  private Bridge bridge;

  @BeforeEach
  void begin() {
    broker = BROKER.get();
    bridge = new Bridge(federation, broker, folder);
  }

  /** Sends some; returns how many records there are once some of them are in the topic. */
  private int send() {
    int before = sent.size();
    for (int i = 0; i < EACH; i++) {
      sent.add(federation.send(FR, "message " + sent.size(), LONG, DE));
    }
    return before + 1;
  }

  @Test
  void everyMessage_isInTheTopicOnce_overKillsOfBridgeAndBroker() throws Exception {
    federation.start(DE);
    broker.create("killed", 3);
    for (int round = 0; round < ROUNDS; round++) {
      int some = send();
      try (JavaProcess follow = bridge.follow(DE, "killed")) {
        var unused = bridge.await("killed", follow, records -> records.size() >= some);
        follow.kill();
      }
    }
    try (JavaProcess follow =
        bridge.start(
            bridge.command(DE, broker.impatientClient(), Bridge.following("killed", "PROTOBUF")))) {
      int some = send();
      var unused = bridge.await("killed", follow, records -> records.size() >= some);
      send();
      broker.kill();
      send();
      follow.awaitOutput("; retrying");
      broker.start();
      Bridge.assertEachOnce(
          sent, bridge.await("killed", follow, records -> records.size() >= sent.size()));
      assertEquals(JavaProcess.STOPPED, follow.stop(), follow.output());
      assertFalse(follow.output().contains("internal error"), follow.output());
    }
  }

  /** Starts the recipient's gateway in a process of its own; returns once it is ready. */
  private JavaProcess startGateway(int number) throws Exception {
    JavaProcess gateway =
        JavaProcess.start(
            folder.resolve("gateway-" + number + ".log"),
            List.of(),
            Main.class.getName(),
            List.of("run", "--config", federation.config(DE).toString()));
    gateway.awaitOutput("\"clients\"");
    return gateway;
  }

  @Test
  void everyMessage_isInTheTopicOnce_overKillsOfTheGateway() throws Exception {
    int port = LoopbackPort.next();
    Path config = federation.config(DE);
    String listening = Files.readString(config);
    assertTrue(listening.contains("clients: 127.0.0.1:0"), listening);
    Files.writeString(
        config, listening.replace("clients: 127.0.0.1:0", "clients: 127.0.0.1:" + port));
    broker.create("orphaned", 3);
    JavaProcess gateway = startGateway(0);
    try (JavaProcess follow =
        bridge.start(
            bridge.command(
                DE, port, broker.plainClient(), Bridge.following("orphaned", "PROTOBUF")))) {
      for (int round = 1; round <= ROUNDS; round++) {
        // The gateways in other processes have the machine's clock.
        federation.clock.move(Duration.between(federation.clock.instant(), Instant.now()));
        int some = send();
        var unused = bridge.await("orphaned", follow, records -> records.size() >= some);
        gateway.kill();
        gateway = startGateway(round);
      }
      Bridge.assertEachOnce(
          sent, bridge.await("orphaned", follow, records -> records.size() >= sent.size()));
      assertTrue(follow.output().contains("lost the stream"), follow.output());
      assertEquals(JavaProcess.STOPPED, follow.stop(), follow.output());
    } finally {
      gateway.close();
    }
  }
}
