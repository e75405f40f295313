package org.entente.gateway.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation notices a gateway that breaks one rule. */
class SimulationMutantsIT {
  /** A lost answer to a draft that was committed is rare. */
  private static final int SEEDS_FOR_MUTANTS = 300;

  /** The first of the list, caught within few seeds; the extended tier has the others. */
  private static final int FIRST_MUTANTS = 1;

  @TempDir private static Path folder;
  private static Path federation;

  @TempDir private Path work;

  @BeforeAll
  static void mint() throws IOException {
    federation = Files.createDirectory(folder.resolve("federation"));
    SimFederation.mint(federation);
  }

  static List<SourceMutant> mutants() {
    return allMutants().subList(0, FIRST_MUTANTS);
  }

  static List<SourceMutant> furtherMutants() {
    return allMutants().subList(FIRST_MUTANTS, allMutants().size());
  }

  private static List<SourceMutant> allMutants() {
    return List.of(
        new SourceMutant(
            "forgets the watermark",
            0,
            "receive/Reception.java",
            "    ledger.windows().write(tx, origin, lane, windows);\n    keepSession",
            "    keepSession"),
        new SourceMutant(
            "acknowledges before it is on the disk",
            2,
            "ledger/GroupCommit.java",
            "store.commit(batch, Durability.SYNCED);",
            "store.commit(batch, Durability.BUFFERED);"),
        new SourceMutant(
            "lets content go with the first recipient",
            0,
            "transmit/Dispatch.java",
            "envelopes.keep(tx, out.headerHash(), out.envelope(), out.recipients().size());",
            "envelopes.keep(tx, out.headerHash(), out.envelope(), 1);"),
        new SourceMutant(
            "forgets idempotency keys",
            86,
            "intake/Intake.java",
            "    memory.write(tx, round.stream().map(Submission::key).toList(), outcomes);\n",
            ""),
        new SourceMutant(
            "takes a receipt for the recipient's signed statement",
            4,
            "transmit/DeliverySettlement.java",
            "relayed(tx, peer, recipient, number, entry);",
            "resolve(tx, recipient, number, entry);"),
        new SourceMutant(
            "takes drafts in on a full disk", 3, "intake/Intake.java", "full.isPresent()", "false"),
        new SourceMutant(
            "moves a cursor by what was sent",
            1,
            "deliver/LaneCursor.java",
            "return unacknowledged.isEmpty() ? next : unacknowledged.firstKey();",
            "return next;"),
        new SourceMutant(
            "drops evidence",
            0,
            "receive/EvidenceReturn.java",
            "dispatch.submit(tx, ready.outgoing());",
            ""),
        new SourceMutant(
            "does not commit the hop number",
            0,
            "receive/PeerIntake.java",
            "ledger.hopIntake().advance(tx, peer, lane, delivery.getHopEpoch(), sequence, hash);",
            ""),
        new SourceMutant(
            "does not send again what was unanswered when a stream broke",
            2,
            "link/HopSender.java",
            "    cursor = first;\n    inFlight.clear();",
            "    cursor = Math.max(first, everSent);\n    inFlight.clear();"),
        new SourceMutant(
            "relies on a transit that took it",
            2,
            "transmit/OutboxMaintenance.java",
            "case OUTBOX_STATE_RELAYED -> waitAfter(entry.getUnanswered());",
            "case OUTBOX_STATE_RELAYED -> Long.MAX_VALUE;"),
        new SourceMutant(
            "waits for a clock that was set back",
            12,
            "transmit/OutboxMaintenance.java",
            "(waited >= wait || waited < 0)",
            "waited >= wait"),
        new SourceMutant(
            "skips a gap",
            98,
            "link/HopReceiver.java",
            "nameGap();\n        return true;",
            "accepted = sequence;\n        return accept(delivery);"),
        new SourceMutant(
            "goes on in its epoch after a start",
            13,
            "ledger/table/OutboxTable.java",
            "Math.max(epoch, least + further)",
            "least > 1 ? least : epoch"),
        new SourceMutant(
            "begins the same epochs where it is installed anew",
            3,
            "ledger/table/OutboxTable.java",
            "Math.max(epoch, least + further)",
            "least + 1"),
        new SourceMutant(
            "leaves open what a ledger has forgotten",
            2,
            "receive/SettledNotices.java",
            "if (below > one.upTo() + 1) {",
            "if (below == 0) {"),
        new SourceMutant(
            "settles what is still owed",
            0,
            "ledger/table/OutboxTable.java",
            "return Math.min(next, first.sequence());",
            "return next;"),
        new SourceMutant(
            "takes a number that its origin has not bound",
            7,
            "seal/Opener.java",
            "!carrier.equals(facts.origin()) && !session.binds(envelope.header(), stanza)",
            "false"),
        new SourceMutant(
            "lets a transit speak for others",
            29,
            "receive/NoticeSignatureCheck.java",
            "if (key.isEmpty() || !parsed.get().isSignedBy(key.get().key())) {",
            "if (key.isEmpty()) {"));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void mutant_underSomeSeed_isCaught(SourceMutant mutant) throws IOException {
    assertCaught(mutant);
  }

  @ParameterizedTest
  @MethodSource("furtherMutants")
  @Tag("extended")
  @Tag("simulation")
  void furtherMutant_underSomeSeed_isCaught(SourceMutant mutant) throws IOException {
    assertCaught(mutant);
  }

  private void assertCaught(SourceMutant mutant) throws IOException {
    Optional<String> caught = mutant.firstFailure(federation, work, SEEDS_FOR_MUTANTS);
    assertTrue(caught.isPresent(), () -> mutant.name() + " passes " + SEEDS_FOR_MUTANTS);
    System.out.println(mutant.name() + ": " + firstLine(caught.get()));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
