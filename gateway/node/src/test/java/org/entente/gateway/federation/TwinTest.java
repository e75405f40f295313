package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two gateways with one identity: somebody copied a machine, or started the old one again beside
 * the new. No lock reaches that far; the witness of the log does.
 */
final class TwinTest {
  private static final Duration DEADLINE = Duration.ofDays(1);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @Test
  void twinOfARunningGateway_isConvictedByTheWitness_andTheFirstGoesOn() throws IOException {
    Path twinFolder = Files.createDirectory(federation.folder().resolve("twin"));
    federation.files().publishBundle(TwinTest::witnessing);
    federation.start(FR, DE);
    delivered("before");
    federation.stop(FR);
    Path twinConfig = federation.files().copy(FR, twinFolder);
    federation.start(FR);
    delivered("after");
    double leaves = federation.metric(FR, "entente_audit_leaves");
    federation.await(
        "witnessed",
        () -> {
          federation.clock.move(Duration.ofSeconds(1));
          return federation.metric(FR, "entente_audit_cosigned_leaves") >= leaves;
        });

    try (Gateway twin = Gateway.start(twinConfig, federation.clock, federation.clock::nanos)) {
      federation.await(
          "the twin is not ready",
          () -> {
            federation.clock.move(Duration.ofSeconds(1));
            twin.doChores();
            return readiness(twin).contains("contradicts a checkpoint held by a witness");
          });
      delivered("beside the twin");
      assertFalse(
          federation.scrape(FR, "readyz").contains("contradicts"), "the first is in the right");
    }
    assertEquals(
        Set.of("before", "after", "beside the twin"),
        Set.copyOf(RunningFederation.headlines(federation.receive(DE, 3))));
  }

  /** Makes {@code de.customs} a witness. */
  static Member witnessing(Member member) {
    if (!member.name().value().equals(DE)) {
      return member;
    }
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        EnumSet.of(AgencyRole.MEMBER, AgencyRole.WITNESS),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        member.via(),
        member.revoked());
  }

  private void delivered(String headline) {
    MessageId sent = federation.send(FR, headline, DEADLINE, DE);
    var evidence = federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    assertEquals(List.of(DE), List.of(evidence.getAgency()));
  }

  private static String readiness(Gateway gateway) {
    String url = "http://127.0.0.1:" + gateway.adminAddress().getPort() + "/readyz";
    try {
      var connection =
          (java.net.HttpURLConnection) java.net.URI.create(url).toURL().openConnection();
      try (var answer =
          connection.getResponseCode() < 400
              ? connection.getInputStream()
              : connection.getErrorStream()) {
        return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
