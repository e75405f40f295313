package org.entente.gateway.feature.operation;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.RosterKit;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.store.v1.RosterReturn;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Rosters of a ledger that was set back, and those that a member owes to who signed them. */
class RosterRecoveryTest extends OperationLeadFixture {
  RosterRecoveryTest(@TempDir Path folder) {
    super(folder);
  }

  private void setBack(OperationId id) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationRecord record = OperationTable.of(ledger).record(tx, id);
          OperationTable.of(ledger)
              .put(tx, id, requireNonNull(record).toBuilder().setSetBack(true).build());
          return id;
        });
  }

  @Test
  void restoredLedger_nothingIsSignedUntilMembersConfirm_orAPersonSaysSo() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    setBack(id);
    refused(
        Code.ROSTER_STALE, "unconfirmed", change(id, 1, lead("fr.customs"), observer("us.cbp")));
    refused(
        Code.ROSTER_STALE,
        "unconfirmed",
        kit.convening().change(CLIENT, id, OperationLead.Change.closing(false), PERSON));
    assertTrue(kit.rosterCare().warnings().get(0).contains("[de.customs, us.cbp]"));

    kit.rosterCare().round();
    // What is published after is committed after.
    permitted(publish(id, objectives("still here")));
    MessageId asked = askedIn(id).get(0);
    kit.rosterCare().round();
    permitted(publish(id, objectives("and here")));
    assertEquals(List.of(asked), askedIn(id), "it asks once");
    now = NOW.plus(RosterRecovery.AGAIN_AFTER);
    kit.rosterCare().round();
    permitted(publish(id, objectives("and an hour later")));
    assertEquals(List.of(asked), askedIn(id), "it is on its way to both");
    now = NOW;
    confirm(asked, "de.customs");
    refused(
        Code.ROSTER_STALE, "unconfirmed", change(id, 1, lead("fr.customs"), observer("us.cbp")));
    confirm(asked, "us.cbp");
    assertEquals(List.of(), kit.rosterCare().warnings());
    assertEquals(List.of(id), OperationTable.of(ledger).marked());
    kit.rosterCare().round();
    assertEquals(Optional.empty(), held(id).setBack(), "settled");
    assertEquals(List.of(), OperationTable.of(ledger).marked());
    signed(change(id, 1, lead("fr.customs"), observer("us.cbp")));

    setBack(id);
    OperationLead.Change all =
        new OperationLead.Change(
            List.of(lead("fr.customs"), observer("us.cbp")), Optional.empty(), 2, false, true);
    signed(kit.convening().change(CLIENT, id, all, PERSON));
    assertEquals(Optional.empty(), held(id).setBack());
  }

  @Test
  void recoveryOfOneOperation_thatFails_keepsNoOtherFromTheirs_andIsTriedAgain() {
    setBack(founded(participant("de.customs")));
    setBack(founded(participant("de.customs")));
    OperationId first = OperationTable.of(ledger).marked().get(0);
    OperationId second = OperationTable.of(ledger).marked().get(1);
    meanwhile =
        () -> {
          meanwhile = () -> {};
          throw new IllegalStateException("no policy can be read");
        };
    kit.rosterCare().round();
    // What is published after is committed after.
    permitted(publish(second, objectives("still here")));
    assertEquals(List.of(), askedIn(first));
    assertEquals(1, askedIn(second).size());
    assertTrue(kit.rosterCare().warnings().get(0).contains("its recovery fails"));
    kit.rosterCare().round();
    permitted(publish(second, objectives("and here")));
    assertEquals(1, askedIn(first).size());
    assertTrue(kit.rosterCare().warnings().get(0).contains("not yet confirmed"));
  }

  /** Signing goes by what is committed; what a member gives back may be committed before it is. */
  @Test
  void restoredLedger_rosterGivenBackWhileAnotherIsSigned_isKept_andTheForkIsKnown() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    RosterStatement first = held(id).newest();
    RosterKit lost =
        RosterKit.first(
            Ed25519SigningKey.generate(random), NOW, "fr.customs", participant("de.customs"));
    RosterStatement second =
        new RosterKit(
                lost.key(),
                id,
                2,
                first.hash(),
                IntakeKit.SELF,
                NOW,
                first.content().terms(),
                lost.members())
            .signed();
    meanwhile =
        () -> {
          meanwhile = () -> {};
          ledger.commit(
              Lane.ROUTINE,
              tx -> {
                kit.rosters().putGivenBack(tx, second);
                return second;
              });
        };
    refused(
        Code.ROSTER_FORKED, "operation_id", change(id, 1, lead("fr.customs"), observer("us.cbp")));
    assertTrue(held(id).newest().isSame(second), "the true one is not replaced");
    assertTrue(held(id).forked());
    assertEquals(List.of(id), kit.rosters().forked(NOW.toEpochMilli(), 10));
    AuditRecord leaf = journal.only(AuditType.ROSTER_CONFLICT);
    assertEquals("FR-118", requireNonNull(leaf.actor().onBehalfOf()).officer());
    refused(
        Code.ROSTER_FORKED,
        "members",
        kit.convening()
            .change(
                CLIENT,
                id,
                new OperationLead.Change(
                    List.of(lead("fr.customs"), observer("us.cbp")),
                    Optional.empty(),
                    2,
                    false,
                    true),
                PERSON));
  }

  /** The second roster of the newest number comes between the rules and the commit. */
  @Test
  void restoredLedger_contradictionGivenBackWhileTheNextIsSigned_isNotForgotten() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    RosterStatement first = held(id).newest();
    RosterStatement second =
        new RosterKit(
                Ed25519SigningKey.generate(random),
                id,
                1,
                RosterStatement.nothingBefore(),
                IntakeKit.SELF,
                NOW,
                first.content().terms(),
                List.of(lead("fr.customs"), participant("de.customs")))
            .signed();
    meanwhile =
        () -> {
          meanwhile = () -> {};
          ledger.commit(
              Lane.ROUTINE,
              tx -> {
                kit.rosters().fork(tx, second);
                return second;
              });
        };
    refused(
        Code.ROSTER_FORKED, "operation_id", change(id, 1, lead("fr.customs"), observer("us.cbp")));
    assertTrue(held(id).newest().isSame(first));
    assertTrue(held(id).forked());
    assertFalse(requireNonNull(OperationTable.of(ledger).record(id)).getSealedConflict().isEmpty());
    journal.only(AuditType.ROSTER_CONFLICT);
  }

  /** Whatever is stored afterwards. */
  @Test
  void contradiction_isKeptBesideALaterRoster() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    RosterKit next =
        new RosterKit(
            Ed25519SigningKey.generate(random),
            id,
            2,
            held(id).newest().hash(),
            IntakeKit.SELF,
            NOW,
            held(id).newest().content().terms(),
            List.of(lead("fr.customs"), participant("de.customs")));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          kit.rosters().fork(tx, next.numbered(1, RosterStatement.nothingBefore()).signed());
          return id;
        });
    keep(next);
    assertTrue(held(id).forked());
    assertFalse(requireNonNull(OperationTable.of(ledger).record(id)).getSealedConflict().isEmpty());
  }

  @Test
  void restoredLedger_operationThatIsOver_orLedByAnother_isNotAskedAbout() {
    OperationId over = founded(participant("de.customs"));
    signed(kit.convening().change(CLIENT, over, OperationLead.Change.closing(false), PERSON));
    OperationId handed = founded(participant("de.customs"));
    signed(change(handed, 1, participant("fr.customs"), lead("de.customs")));
    setBack(over);
    setBack(handed);
    kit.rosterCare().round();
    assertEquals(Optional.empty(), held(over).setBack());
    assertEquals(Optional.empty(), held(handed).setBack());
  }

  @Test
  void restoredLedger_whoRefused_isAskedAgain_andWhoConfirmedIsNot() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    setBack(id);
    kit.rosterCare().round();
    permitted(publish(id, objectives("one")));
    MessageId first = askedIn(id).get(0);
    confirm(first, "de.customs");
    refuse(first, "us.cbp");
    kit.rosterCare().round();
    permitted(publish(id, objectives("two")));
    assertEquals(List.of(first), askedIn(id), "not at once");

    now = NOW.plus(RosterRecovery.AGAIN_AFTER);
    kit.rosterCare().round();
    permitted(publish(id, objectives("three")));
    MessageId second = askedIn(id).get(1);
    assertEquals(List.of(first, second), askedIn(id));
    assertEquals(List.of("us.cbp"), recipients(second));
    assertTrue(kit.rosterCare().warnings().get(0).contains("by [us.cbp]"));
    refuse(second, "us.cbp");
    now = now.plus(RosterRecovery.AGAIN_AFTER);
    kit.rosterCare().round();
    permitted(publish(id, objectives("four")));
    assertEquals(first, askedIn(id).get(0), "by which one has confirmed");
    assertEquals(2, askedIn(id).size(), "what was in vain is forgotten");
    confirm(askedIn(id).get(1), "us.cbp");
    assertEquals(List.of(), kit.rosterCare().warnings());
    kit.rosterCare().round();
    assertEquals(Optional.empty(), held(id).setBack());
  }

  @Test
  void restoredLedger_whoCannotBeAsked_isNamedWithTheReason() {
    OperationId id = kept(participant("de.customs"), observer("sg.police"));
    setBack(id);
    kit.rosterCare().round();
    permitted(publish(id, objectives("one"), "de.customs"));
    assertEquals(List.of("de.customs"), recipients(askedIn(id).get(0)));
    String why = "sg.police cannot be asked: no agreement in force covers the kind OPERATION";
    String warning = kit.rosterCare().warnings().get(0);
    assertTrue(warning.contains("[de.customs, sg.police]; " + why), warning);
    assertFalse(warning.contains("de.customs cannot"), warning);
    String refused =
        Results.problem(
                kit.convening().change(CLIENT, id, OperationLead.Change.closing(false), PERSON))
            .message();
    assertTrue(refused.contains(why), refused);
  }

  @Test
  void rosterOwed_toWhomNoAgreementLetsItBack_isNotOwedAnyMore_andTheLogSaysWhy() {
    RosterKit led =
        RosterKit.first(
            Ed25519SigningKey.generate(random), NOW, "sg.police", participant("fr.customs"));
    keep(led);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          kit.rosters().owe(tx, led.operation(), new AgencyName("sg.police"));
          return led;
        });
    Logger log = (Logger) LoggerFactory.getLogger(RosterRecovery.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      kit.rosterCare().round();
    } finally {
      log.detachAppender(lines);
    }
    assertEquals(List.of(), OperationTable.of(ledger).marked());
    String line = lines.list.get(0).getFormattedMessage();
    assertTrue(
        line.contains("cannot be given back to sg.police") && line.contains("from sg.police to"),
        line);
  }

  /** A member that leads decides itself how often it shows that it has lost a roster. */
  @Test
  void rosterOwed_againAndAgain_isGivenBackOnceAnHour_alsoAfterARestart() {
    RosterKit led = ledByAnother();
    for (int round = 0; round < 10; round++) {
      owe(led);
      kit.rosterCare().round();
      assertEquals(1, givenBack());
    }
    assertEquals(List.of(led.operation()), OperationTable.of(ledger).marked(), "it waits");

    GatewayMessageSender sender = new GatewayMessageSender(kit.parts(), kit.intake(), "roster/");
    RosterConfirmation confirmation =
        new RosterConfirmation(IntakeKit.SELF, ledger.evidence(), kit.parts().records().evidence());
    RosterRecovery restarted =
        new RosterRecovery(kit.parts(), kit.rosters(), confirmation, sender, () -> now, random);
    restarted.round();
    assertEquals(1, givenBack());

    now = NOW.plus(RosterRecords.RETURNED_EVERY);
    for (int round = 0; round < 10; round++) {
      restarted.round();
      assertEquals(2, givenBack());
      owe(led);
    }
  }

  @Test
  void rosterOwed_toTwoAgencies_isGivenBackToEach_andNeitherTakesTheTurnOfTheOther() {
    RosterKit led = ledByAnother();
    RosterKit handed =
        led.next(participant("de.customs"), participant("fr.customs"), lead("us.cbp"));
    keep(handed);
    keep(
        handed
            .next(participant("de.customs"), participant("fr.customs"), lead("us.cbp"))
            .by("us.cbp"));
    for (int round = 0; round < 10; round++) {
      owe(led, "us.cbp");
      owe(led, "de.customs");
      kit.rosterCare().round();
      assertEquals(Math.min(2, round + 1), givenBack());
    }
  }

  @Test
  void rosterOwed_whileTheDiskOrTheShareOfItsSignerIsFull_waits() {
    RosterKit led = ledByAnother();
    leave(1 << 20);
    owe(led);
    kit.rosterCare().round();
    leave(1L << 40);
    assertEquals(0, givenBack());
    kit.rosterCare().round();
    assertEquals(1, givenBack());

    // It withholds its evidence, so that what it was given stays here.
    now = NOW.plus(RosterRecords.RETURNED_EVERY);
    owe(led);
    leave(DiskThresholds.DEFAULT.refuseBelow() + RosterStatement.MAX_BYTES);
    assertEquals(Optional.empty(), ledger.room().refusal());
    kit.rosterCare().round();
    leave(1L << 40);
    assertEquals(1, givenBack());
    kit.rosterCare().round();
    assertEquals(2, givenBack());
  }

  @Test
  void rosterOwed_toAnAgencyWithoutRoom_keepsNoneBackThatIsOwedToAnother() {
    RosterKit led = ledByAnother();
    RosterKit handed =
        led.next(participant("de.customs"), participant("fr.customs"), lead("us.cbp"));
    keep(handed);
    keep(
        handed
            .next(participant("de.customs"), participant("fr.customs"), lead("us.cbp"))
            .by("us.cbp"));
    owe(led, "us.cbp");
    kit.rosterCare().round();
    assertEquals(1, givenBack());

    now = NOW.plus(RosterRecords.RETURNED_EVERY);
    owe(led, "us.cbp");
    owe(led, "de.customs");
    leave(DiskThresholds.DEFAULT.refuseBelow() + RosterStatement.MAX_BYTES);
    kit.rosterCare().round();
    leave(1L << 40);
    assertEquals(2, givenBack());
    assertEquals(
        List.of("us.cbp"),
        Objects.requireNonNull(OperationTable.of(ledger).record(led.operation()))
            .getReturnsList()
            .stream()
            .filter(RosterReturn::getDue)
            .map(RosterReturn::getAgency)
            .toList());
  }

  private RosterKit ledByAnother() {
    RosterKit led =
        RosterKit.first(
            Ed25519SigningKey.generate(random), NOW, "de.customs", participant("fr.customs"));
    keep(led);
    return led;
  }

  private void owe(RosterKit led) {
    owe(led, "de.customs");
  }

  private void owe(RosterKit led, String agency) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          kit.rosters().owe(tx, led.operation(), new AgencyName(agency));
          return led;
        });
  }

  /** How many rosters were given back: what is published now is committed after them. */
  private long givenBack() {
    OperationId own = founded(participant("us.cbp"));
    permitted(publish(own, objectives("still here")));
    return journal.all().stream()
        .filter(leaf -> leaf.type() == AuditType.ACCEPTED)
        .filter(leaf -> leaf.actor().equals(AuditActor.gateway(IntakeKit.SELF)))
        .count();
  }

  /** An operation with members that this agency may not tell, or not any more. */
  private OperationId kept(RosterMember... others) {
    RosterKit led = RosterKit.first(Ed25519SigningKey.generate(random), NOW, "fr.customs", others);
    keep(led);
    return led.operation();
  }

  @Test
  void damagedRoster_isNamed_andKeepsNoOtherWaiting() {
    OperationId damaged = founded(participant("de.customs"));
    OperationId other = founded(participant("us.cbp"));
    OperationId owed = founded(participant("de.customs"));
    setBack(damaged);
    setBack(other);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          byte[] sealed = atRest.seal(OperationTable.rosterPlace(damaged, 1), new byte[] {1}, END);
          OperationTable.of(ledger).putRoster(tx, damaged, 1, sealed);
          kit.rosters().owe(tx, owed, new AgencyName("de.customs"));
          return damaged;
        });
    List<String> unread = kit.rosterCare().warnings();
    assertEquals(2, unread.size(), unread.toString());
    kit.rosterCare().round();
    permitted(publish(other, objectives("still here")));
    assertEquals(1, askedIn(other).size());
    assertFalse(OperationTable.of(ledger).marked().contains(owed), "none is its own");
    List<String> warnings = kit.rosterCare().warnings();
    assertTrue(
        warnings.stream()
            .anyMatch(it -> it.startsWith("operation " + damaged + ": ") && it.contains("damaged")),
        warnings.toString());
    assertTrue(
        warnings.stream()
            .anyMatch(it -> it.startsWith("operation " + other) && it.contains("[us.cbp]")),
        warnings.toString());
    assertEquals(List.of(), kit.rosters().forked(NOW.toEpochMilli(), 10));
  }

  private List<MessageId> askedIn(OperationId id) {
    return held(id).setBack().orElseThrow().askedIn();
  }

  private List<String> recipients(MessageId message) {
    return new EvidenceRecords(atRest, IntakeKit.SELF)
        .sent(ledger.evidence(), message)
        .orElseThrow()
        .getRecipientsList();
  }

  private void confirm(MessageId asked, String agency) {
    states(agency, records -> evidence(records, EvidenceKind.EVIDENCE_KIND_DELIVERY, asked));
  }

  private void refuse(MessageId asked, String agency) {
    states(
        agency,
        records ->
            records.failed(
                evidence(records, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, asked),
                Code.ROSTER_STALE,
                "a later roster is stored here"));
  }

  private static EvidenceItem evidence(
      EvidenceRecords records, EvidenceKind kind, MessageId asked) {
    return records.item(kind, asked, "", new byte[32], NOW.toEpochMilli());
  }

  private void states(String agency, Function<EvidenceRecords, EvidenceItem> what) {
    EvidenceRecords records = new EvidenceRecords(atRest, new AgencyName(agency));
    ledger.commit(Lane.ROUTINE, tx -> records.keep(tx, ledger.evidence(), what.apply(records)));
  }
}
