package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.StartProblem;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.FulfilmentState;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PauseLinkRequest;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.ShowKeysRequest;
import org.entente.proto.v1.UnpauseLinkRequest;
import org.entente.proto.v1.WhoMustAct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an agency says that it fulfils, between real gateways: told, kept, and gone by. */
class FulfilmentPathTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("ticket 12").build();
  private static final Duration DEADLINE = Duration.ofDays(5);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private void cannotFulfil(String agency, String obligations) throws IOException {
    Path config = federation.config(agency);
    String text = Files.readString(config);
    assertTrue(text.contains("{agreements: agreements}"));
    Files.writeString(
        config,
        text.replace(
            "{agreements: agreements}",
            "{agreements: agreements, cannot_fulfil: [" + obligations + "]}"));
  }

  private FulfilmentState known(String by, String of) {
    return KeysGrpc.newBlockingStub(federation.channel(by))
        .showKeys(ShowKeysRequest.getDefaultInstance())
        .getAgenciesList()
        .stream()
        .filter(state -> state.getAgency().equals(of))
        .findFirst()
        .orElseThrow();
  }

  private boolean knowsThatItCannot(String by, String of) {
    FulfilmentState state = known(by, of);
    return state.getStated()
        && !state.getFulfilsList().contains(Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES);
  }

  private Refusal refused(String from, String to) {
    Outcome outcome = federation.publish(from, federation.draft("refused", DEADLINE, to));
    assertTrue(outcome.hasRefused(), outcome::toString);
    return outcome.getRefused().getRefusals(0);
  }

  @Test
  void recipientThatCannotFulfil_isRefusedBeforeSealing_behindATransitAndOverRestarts()
      throws IOException {
    federation.start(HUB, FR);
    assertFalse(known(FR, SG).getStated(), "nothing was heard of it yet");
    cannotFulfil(SG, "ONWARD_WITHIN_PARTIES");
    federation.start(SG);
    federation.await("the origin has heard", () -> knowsThatItCannot(FR, SG));
    assertEquals(
        List.of(
            Obligation.OBLIGATION_DESTROY_AFTER_RETENTION,
            Obligation.OBLIGATION_NO_ONWARD_TRANSFER,
            Obligation.OBLIGATION_ONWARD_WITH_CONSENT,
            Obligation.OBLIGATION_NO_EXPORT),
        known(FR, SG).getFulfilsList());

    Refusal refusal = refused(FR, SG);
    assertEquals("OBLIGATION_NOT_FULFILLED", refusal.getCode());
    assertEquals("warnings/onward_transfer", refusal.getRule());
    assertEquals(SG, refusal.getAgency());
    assertEquals(WhoMustAct.WHO_MUST_ACT_PEER, refusal.getWhoMustAct());
    assertTrue(
        refusal.getReason().startsWith("sg.police does not fulfil ONWARD_WITHIN_PARTIES"),
        refusal::getReason);

    // Nobody is there to say it again.
    federation.stop(SG);
    federation.stop(HUB);
    federation.stop(FR);
    federation.start(FR);
    assertEquals("OBLIGATION_NOT_FULFILLED", refused(FR, SG).getCode());
  }

  @Test
  void recipientThatComesToSayItCannot_whileMailWaits_hasItWithdrawnWithEvidence()
      throws IOException {
    federation.start(DE, FR);
    MessageId before = federation.send(FR, "before", DEADLINE, DE);
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    LinksGrpc.LinksBlockingStub links = LinksGrpc.newBlockingStub(federation.channel(FR));
    assertFalse(
        links
            .pauseLink(PauseLinkRequest.newBuilder().setPeer(DE).setOnBehalfOf(PERSON).build())
            .getBefore());
    MessageId waits = federation.send(FR, "waits", DEADLINE, DE);

    federation.stop(DE);
    cannotFulfil(DE, "ONWARD_WITHIN_PARTIES");
    // A later word counts; the clock of the test stands still otherwise.
    federation.pass(Duration.ofMinutes(1), Duration.ofMinutes(1));
    federation.start(DE);
    federation.await("the origin has heard", () -> knowsThatItCannot(FR, DE));
    assertFalse(
        links
            .unpauseLink(UnpauseLinkRequest.newBuilder().setPeer(DE).setOnBehalfOf(PERSON).build())
            .getBefore());

    EvidenceItem told =
        federation.awaitEvidence(FR, waits, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, DE);
    assertEquals("OBLIGATION_NOT_FULFILLED", told.getCode(), told::toString);
    assertEquals(List.of("before"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  @Test
  void configuration_withAnObligationThatThereIsNot_isRefusedWithWhatWouldBeValid()
      throws IOException {
    cannotFulfil(DE, "PERSON_REQUIRED");
    StartProblem problem = assertThrows(StartProblem.class, () -> federation.start(DE));
    assertEquals(
        "policy.cannot_fulfil has \"PERSON_REQUIRED\"; valid: one of DESTROY_AFTER_RETENTION,"
            + " NO_ONWARD_TRANSFER, ONWARD_WITH_CONSENT, ONWARD_WITHIN_PARTIES, NO_EXPORT",
        problem.getMessage());
  }
}
