package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

class RaftSettingsTest {
  @Test
  void newNode_thatPauses_isGivenUpAfterSixtyElectionTimeouts() {
    ClusterSettings settings =
        new ClusterSettings(
            "test",
            "n1",
            Map.of("n1", "127.0.0.1:9450"),
            null,
            new ClusterSettings.Folders(Path.of("log"), Path.of("data"), Path.of("mark")),
            ClusterSettings.Limits.defaults(),
            new NodeCertificates(Instant.ofEpochSecond(1_700_000_000)).of(NodeCertificates.OWN),
            null);

    assertEquals(
        60,
        RaftServerConfigKeys.stagingTimeout(RaftSettings.of(settings)).toLong(TimeUnit.SECONDS));
  }
}
