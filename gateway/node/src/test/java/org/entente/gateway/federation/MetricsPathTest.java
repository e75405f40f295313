package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.ListBackupsRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metrics by which an operator is warned, from the event to the scrape. */
final class MetricsPathTest {
  private static final String BACKUP = "entente_backup_timestamp_seconds";

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  /** The value of one series; NaN if there is none. */
  private double sample(String series) {
    return federation
        .scrape(FR, "metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Test
  void backup_isTimedFromItsMaking_alsoAfterARestart_andOnlyWhereAFolderIsConfigured()
      throws IOException {
    federation.start(FR);
    assertEquals(Double.NaN, sample(BACKUP));
    federation.stop(FR);
    Files.writeString(
        federation.config(FR), "\nbackup:\n  folder: copies\n", StandardOpenOption.APPEND);
    federation.start(FR);
    assertEquals(0, sample(BACKUP));

    double made =
        BackupsGrpc.newBlockingStub(federation.channel(FR))
            .createBackup(
                CreateBackupRequest.newBuilder()
                    .setOnBehalfOf(
                        OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("daily"))
                    .build())
            .getBackup()
            .getMade()
            .getSeconds();

    assertEquals(made, sample(BACKUP));
    federation.stop(FR);
    federation.start(FR);
    assertEquals(made, sample(BACKUP));
  }

  @Test
  void handshake_ofAClientInNoConfiguration_isCountedAsRefused() {
    federation.start(FR);
    ManagedChannel stranger = federation.open(FR, "narcotics");
    try {
      assertThrows(
          StatusRuntimeException.class,
          () ->
              BackupsGrpc.newBlockingStub(stranger)
                  .listBackups(ListBackupsRequest.getDefaultInstance()));
    } finally {
      stranger.shutdownNow();
    }
    assertTrue(
        sample("entente_handshakes_refused_total{side=\"client\",code=\"UNKNOWN_CLIENT\",}") >= 1);
  }

  @Test
  void peerAndLane_ofAnAnsweredEnvelope_haveARateAndARoundTrip_andAuthoritiesAnEnd() {
    federation.start(FR, DE);
    federation.send(FR, "one", Duration.ofDays(1), DE);
    federation.receive(DE, 1);

    String lane = "{peer=\"de.customs\",lane=\"ROUTINE\",}";
    federation.await(
        "an answer", () -> sample("entente_link_answered_envelopes_total" + lane) >= 1);
    assertTrue(sample("entente_link_round_trip_seconds" + lane) > 0);
    double now = federation.clock.instant().getEpochSecond();
    String ends = "entente_ca_expiry_timestamp_seconds";
    assertTrue(sample(ends + "{role=\"own\",agency=\"fr.customs\",}") > now);
    assertTrue(sample(ends + "{role=\"peer\",agency=\"de.customs\",}") > now);
    // The first may have met an earlier policy: the peer has said since what it fulfils.
    federation.send(FR, "two", Duration.ofDays(1), DE);
    assertTrue(sample("entente_policy_cache_total{event=\"miss\",}") >= 1);
  }
}
