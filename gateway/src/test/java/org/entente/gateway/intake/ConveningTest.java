package org.entente.gateway.intake;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.audit.AuditType;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.joint.HeldRosters;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.OperationBook;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.policy.PolicyFixture;
import org.entente.gateway.seal.RosterMember;
import org.entente.gateway.seal.RosterStatement;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.RosterKit;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.TaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Joint operations that {@code fr.customs} leads, and what it publishes in them, over a real
 * ledger, policy and sealing. Agreements cover the kind OPERATION with {@code de.customs} and
 * {@code us.cbp}, and with {@code sg.police} alerts only.
 */
class ConveningTest {
  private static final NodeName CLIENT = new NodeName("supervisor");
  private static final Instant NOW = PolicyFixture.NOW;
  private static final Instant END = NOW.plus(Duration.ofDays(30));
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-118").setJustification("inspection 7/26").build();

  private final SecureRandom random = new SecureRandom();
  private final RecordedLeaves journal = new RecordedLeaves();
  private final AtRest atRest = new AtRest(new MemoryStorageKeys(), random);
  private final Ledger ledger;
  private final IntakeKit kit;
  private int drafts;
  private volatile Instant now = NOW;
  private volatile Runnable meanwhile = () -> {};

  ConveningTest(@TempDir Path folder) {
    ledger = QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW, journal);
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "de.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: de",
                    "agency: sg.police",
                    "agency: de.customs",
                    "kinds: [ALERT]",
                    "kinds: [ALERT, OPERATION]"),
                "us.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: us",
                    "agency: sg.police",
                    "agency: us.cbp",
                    "kinds: [ALERT]",
                    "kinds: [OPERATION]"),
                "sg.yaml",
                PolicyFixture.sample("id: sample", "id: sg")));
    kit =
        new IntakeKit(
            ledger,
            atRest,
            () -> {
              meanwhile.run();
              return policy;
            },
            () -> now,
            SecretBytes.random(random, 32),
            /* mostHeld= */ 2);
  }

  @AfterEach
  void close() {
    kit.close();
    ledger.close();
  }

  private Convening.Answer create(RosterMember... others) {
    return kit.convening().create(CLIENT, "CALM HARBOUR", List.of(others), NOW, END, false, PERSON);
  }

  private static Convening.Answer.Signed signed(Convening.Answer answer) {
    return assertInstanceOf(Convening.Answer.Signed.class, answer, answer.toString());
  }

  private static void refused(Code code, String field, Convening.Answer answer) {
    Convening.Answer.Refused refused =
        assertInstanceOf(Convening.Answer.Refused.class, answer, answer.toString());
    assertEquals(code, refused.problem().code(), refused.problem().message());
    assertEquals(field, refused.problem().field());
  }

  private OperationId founded(RosterMember... others) {
    return signed(create(others)).roster().content().place().operation();
  }

  private Convening.Answer change(OperationId id, long seen, RosterMember... members) {
    return kit.convening()
        .change(
            CLIENT,
            id,
            new Convening.Change(List.of(members), Optional.empty(), seen, false, false),
            PERSON);
  }

  private Outcome publish(OperationId id, OperationUpdate update, String... only) {
    drafts++;
    Addressing.Builder to = Addressing.newBuilder().setOperation(ByteString.copyFrom(id.bytes()));
    to.addAllAgencies(List.of(only));
    Draft draft =
        PolicyFixture.draft(PolicyFixture.label().setKind(Kind.KIND_OPERATION))
            .setIdempotencyKey("draft-" + drafts)
            .setBody(Body.newBuilder().setOperationUpdate(update))
            .setTo(to)
            .build();
    return kit.intake().publish(CLIENT, draft).join();
  }

  private static OperationUpdate objectives(String text) {
    return OperationUpdate.newBuilder().setObjectives(text).build();
  }

  private static List<String> permitted(Outcome outcome) {
    assertTrue(outcome.hasAccepted(), outcome.toString());
    return outcome.getAccepted().getPermitsList().stream().map(Permit::getAgency).sorted().toList();
  }

  private List<OperationBook.Said> said(OperationId id) {
    return ledger.operations().newest(id, 10);
  }

  @Test
  void operation_founded_isOnRecordWithThePerson_andOnItsWayToItsMembers() {
    Convening.Answer.Signed answer = signed(create(participant("de.customs"), observer("us.cbp")));
    RosterStatement roster = answer.roster();
    assertEquals(1, roster.number());
    assertEquals(IntakeKit.SELF, roster.content().lead());
    OperationId id = roster.content().place().operation();
    assertTrue(kit.rosters().held(id).orElseThrow().newest().isSame(roster));
    AuditRecord leaf = journal.only(AuditType.ROSTER_SIGNED);
    assertEquals("FR-118", requireNonNull(leaf.actor().onBehalfOf()).officer());
    assertEquals(List.of(answer.message()), leaf.subject().messages());
    assertEquals(
        2, journal.only(AuditType.ACCEPTED).subject().agencies().size(), "one envelope to both");
  }

  @Test
  void memberWithoutAgreement_orUnknown_isRefused_andNothingIsSigned() {
    refused(
        Code.NO_AGREEMENT, "members", create(participant("de.customs"), participant("sg.police")));
    refused(Code.UNKNOWN_RECIPIENT, "members", create(participant("xx.nobody")));
    refused(Code.INVALID_FIELD, "members", create());
    refused(
        Code.INVALID_FIELD, "members", create(observer("de.customs"), participant("de.customs")));
    refused(Code.INVALID_FIELD, "members", create(lead("de.customs")));
    assertEquals(List.of(), journal.types());
    assertEquals(List.of(), kit.rosters().list(10));
  }

  @Test
  void callWithoutPersonOrReason_orWithBadTerms_isRefused() {
    List<RosterMember> others = List.of(participant("de.customs"));
    Convening convening = kit.convening();
    refused(
        Code.INVALID_FIELD,
        "on_behalf_of.officer",
        convening.create(CLIENT, "CALM", others, NOW, END, false, OnBehalfOf.getDefaultInstance()));
    refused(
        Code.INVALID_FIELD,
        "name",
        convening.create(CLIENT, "the target is ship 9", others, NOW, END, false, PERSON));
    refused(
        Code.INVALID_FIELD,
        "ends_at",
        convening.create(CLIENT, "CALM", others, NOW, NOW, false, PERSON));
    refused(
        Code.INVALID_FIELD,
        "ends_at",
        convening.create(
            CLIENT, "CALM", others, NOW, NOW.plus(Duration.ofDays(4_000)), false, PERSON));
  }

  @Test
  void update_goesToTheMembers_bearsTheRoster_andIsKeptAsOwn() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    Outcome outcome = publish(id, objectives("find the seals"));
    assertEquals(List.of("de.customs", "us.cbp"), permitted(outcome));
    OperationBook.Said said = said(id).get(0);
    assertTrue(said.own());
    Label label = label(said);
    RosterStatement roster = kit.rosters().held(id).orElseThrow().newest();
    assertEquals(1, label.getOperationEpoch());
    assertArrayEquals(roster.hash(), label.getOperationRosterHash().toByteArray());
    assertEquals(List.of("us.cbp"), permitted(publish(id, objectives("for one"), "us.cbp")));
  }

  /** Desks name members, as their agencies do: an operation's other members are left out. */
  @Test
  void desksOfMembers_nameThem_andAreInTheirLabelsAlone() {
    OperationId id = founded(participant("de.customs"), participant("us.cbp"));
    Outcome outcome = toDesks(id, List.of("us.cbp"), "de.customs/narcotics", "de.customs/ipr");
    assertEquals(List.of("de.customs", "us.cbp"), permitted(outcome));
    for (Permit permit : outcome.getAccepted().getPermitsList()) {
      boolean german = permit.getAgency().equals("de.customs");
      assertEquals(german ? List.of("ipr", "narcotics") : List.of(), permit.getDesksList());
    }
    assertEquals(List.of("de.customs"), permitted(toDesks(id, List.of(), "de.customs/narcotics")));
    Outcome refused = toDesks(id, List.of(), "de.customs/narcotics", "sg.police/narcotics");
    assertEquals(Code.OPERATION_ROLE.name(), refused.getInvalid().getCode());
    assertEquals("to", refused.getInvalid().getField());
  }

  private Outcome toDesks(OperationId id, List<String> agencies, String... desks) {
    drafts++;
    Addressing.Builder to = Addressing.newBuilder().setOperation(ByteString.copyFrom(id.bytes()));
    to.addAllAgencies(agencies);
    for (String desk : desks) {
      int slash = desk.indexOf('/');
      to.addDesks(
          DeskAddress.newBuilder()
              .setAgency(desk.substring(0, slash))
              .setDesk(desk.substring(slash + 1)));
    }
    Draft draft =
        PolicyFixture.draft(PolicyFixture.label().setKind(Kind.KIND_OPERATION))
            .setIdempotencyKey("draft-" + drafts)
            .setBody(Body.newBuilder().setOperationUpdate(objectives("watch the gate")))
            .setTo(to)
            .build();
    return kit.intake().publish(CLIENT, draft).join();
  }

  private Label label(OperationBook.Said said) {
    try {
      return Label.parseFrom(OwnUpdates.open(atRest, said.sealed()).orElseThrow().getLabel());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void update_recalled_isNotKeptAsOwnAnyMore() {
    OperationId id = founded(participant("de.customs"));
    Outcome outcome = publish(id, objectives("find the seals"));
    MessageId message = MessageId.of(outcome.getMessageId().toByteArray());
    assertInstanceOf(
        Recalling.Answer.Sent.class,
        kit.recalling().recall(CLIENT, message, "was wrong", PERSON).join());
    assertEquals(List.of(), said(id));
  }

  @Test
  void roster_cannotBeRecalled() {
    MessageId message = signed(create(participant("de.customs"))).message();
    Recalling.Answer answer = kit.recalling().recall(CLIENT, message, "was wrong", PERSON).join();
    assertInstanceOf(Recalling.Answer.Refused.class, answer);
  }

  @Test
  void membershipChange_changesWhoReads_fromThatMomentOn() {
    OperationId id = founded(participant("de.customs"));
    assertEquals(List.of("de.customs"), permitted(publish(id, objectives("one"))));
    signed(change(id, 1, lead("fr.customs"), participant("de.customs"), observer("us.cbp")));
    assertEquals(List.of("de.customs", "us.cbp"), permitted(publish(id, objectives("two"))));
    RosterStatement third =
        signed(change(id, 2, lead("fr.customs"), participant("us.cbp"))).roster();
    assertEquals(List.of("us.cbp"), permitted(publish(id, objectives("three"))));
    AuditRecord leaf =
        journal.all().stream()
            .filter(it -> it.type() == AuditType.ACCEPTED)
            .filter(it -> it.basis().agreement().equals("roster"))
            .reduce((one, next) -> next)
            .orElseThrow();
    assertEquals(
        List.of("de.customs", "us.cbp"),
        leaf.subject().agencies().stream().map(Object::toString).sorted().toList(),
        "who is removed is told so");
    RosterStatement second = kit.rosters().held(id).orElseThrow().at(2).orElseThrow();
    assertArrayEquals(second.hash(), third.content().place().previous());
  }

  @Test
  void change_byWhoHasNotSeenTheNewest_isStale() {
    OperationId id = founded(participant("de.customs"));
    signed(change(id, 1, lead("fr.customs"), participant("us.cbp")));
    refused(
        Code.ROSTER_STALE, "seen_number", change(id, 1, lead("fr.customs"), observer("us.cbp")));
  }

  private void setBack(OperationId id) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationRecord record = ledger.operations().record(tx, id);
          ledger
              .operations()
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
        kit.convening().change(CLIENT, id, Convening.Change.closing(false), PERSON));
    assertTrue(kit.rosterCare().warnings().get(0).contains("[de.customs, us.cbp]"));

    kit.rosterCare().round();
    // What is published after is committed after.
    permitted(publish(id, objectives("still here")));
    MessageId asked = askedIn(id).get(0);
    kit.rosterCare().round();
    permitted(publish(id, objectives("and here")));
    assertEquals(List.of(asked), askedIn(id), "it asks once");
    now = NOW.plus(RosterCare.AGAIN_AFTER);
    kit.rosterCare().round();
    permitted(publish(id, objectives("and an hour later")));
    assertEquals(List.of(asked), askedIn(id), "it is on its way to both");
    now = NOW;
    confirm(asked, "de.customs");
    refused(
        Code.ROSTER_STALE, "unconfirmed", change(id, 1, lead("fr.customs"), observer("us.cbp")));
    confirm(asked, "us.cbp");
    assertEquals(List.of(), kit.rosterCare().warnings());
    assertEquals(List.of(id), ledger.operations().marked());
    kit.rosterCare().round();
    assertEquals(Optional.empty(), held(id).setBack(), "settled");
    assertEquals(List.of(), ledger.operations().marked());
    signed(change(id, 1, lead("fr.customs"), observer("us.cbp")));

    setBack(id);
    Convening.Change all =
        new Convening.Change(
            List.of(lead("fr.customs"), observer("us.cbp")), Optional.empty(), 2, false, true);
    signed(kit.convening().change(CLIENT, id, all, PERSON));
    assertEquals(Optional.empty(), held(id).setBack());
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
    assertEquals(List.of(id), kit.rosters().forked(NOW.toEpochMilli()));
    AuditRecord leaf = journal.only(AuditType.ROSTER_CONFLICT);
    assertEquals("FR-118", requireNonNull(leaf.actor().onBehalfOf()).officer());
    refused(
        Code.ROSTER_FORKED,
        "members",
        kit.convening()
            .change(
                CLIENT,
                id,
                new Convening.Change(
                    List.of(lead("fr.customs"), observer("us.cbp")),
                    Optional.empty(),
                    2,
                    false,
                    true),
                PERSON));
  }

  @Test
  void restoredLedger_operationThatIsOver_orLedByAnother_isNotAskedAbout() {
    OperationId over = founded(participant("de.customs"));
    signed(kit.convening().change(CLIENT, over, Convening.Change.closing(false), PERSON));
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

    now = NOW.plus(RosterCare.AGAIN_AFTER);
    kit.rosterCare().round();
    permitted(publish(id, objectives("three")));
    MessageId second = askedIn(id).get(1);
    assertEquals(List.of(first, second), askedIn(id));
    assertEquals(List.of("us.cbp"), recipients(second));
    assertTrue(kit.rosterCare().warnings().get(0).contains("by [us.cbp]"));
    refuse(second, "us.cbp");
    now = now.plus(RosterCare.AGAIN_AFTER);
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
    Convening.Answer.Refused refused =
        assertInstanceOf(
            Convening.Answer.Refused.class,
            kit.convening().change(CLIENT, id, Convening.Change.closing(false), PERSON));
    assertTrue(refused.problem().message().contains(why), refused.problem().message());
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
    Logger log = (Logger) LoggerFactory.getLogger(RosterCare.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      kit.rosterCare().round();
    } finally {
      log.detachAppender(lines);
    }
    assertEquals(List.of(), ledger.operations().marked());
    String line = lines.list.get(0).getFormattedMessage();
    assertTrue(
        line.contains("not given back to sg.police") && line.contains("from sg.police to"), line);
  }

  /** An operation with members that this agency may not tell, or not any more. */
  private OperationId kept(RosterMember... others) {
    RosterKit led =
        RosterKit.first(Ed25519SigningKey.generate(random), NOW, "fr.customs", others);
    keep(led);
    return led.operation();
  }

  private void keep(RosterKit one) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          kit.rosters().put(tx, one.signed());
          return one;
        });
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
          byte[] sealed = atRest.seal("operation roster", new byte[] {1}, END);
          ledger.operations().putRoster(tx, damaged, 1, sealed);
          kit.rosters().owe(tx, owed, new AgencyName("de.customs"));
          return damaged;
        });
    List<String> unread = kit.rosterCare().warnings();
    assertEquals(2, unread.size(), unread.toString());
    kit.rosterCare().round();
    permitted(publish(other, objectives("still here")));
    assertEquals(1, askedIn(other).size());
    assertEquals(
        "", requireNonNull(ledger.operations().record(owed)).getGiveBackTo(), "none is its own");
    List<String> warnings = kit.rosterCare().warnings();
    assertTrue(
        warnings.stream()
            .anyMatch(it -> it.startsWith("operation " + damaged + ": ") && it.contains("damaged")),
        warnings.toString());
    assertTrue(
        warnings.stream()
            .anyMatch(it -> it.startsWith("operation " + other) && it.contains("[us.cbp]")),
        warnings.toString());
    assertEquals(List.of(), kit.rosters().forked(NOW.toEpochMilli()));
    assertEquals(2, kit.rosters().openLedBy(IntakeKit.SELF, NOW.toEpochMilli()));
  }

  private HeldRosters held(OperationId id) {
    return kit.rosters().held(id).orElseThrow();
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
                "a later one is held here"));
  }

  private static EvidenceItem evidence(
      EvidenceRecords records, EvidenceKind kind, MessageId asked) {
    return records.item(kind, asked, "", new byte[32], NOW.toEpochMilli());
  }

  private void states(String agency, Function<EvidenceRecords, EvidenceItem> what) {
    EvidenceRecords records = new EvidenceRecords(atRest, new AgencyName(agency));
    ledger.commit(
        Lane.ROUTINE, tx -> records.keep(tx, ledger.evidence(), what.apply(records)));
  }

  @Test
  void leadHandedOver_signsNoMore_butPublishes() {
    OperationId id = founded(participant("de.customs"));
    refused(Code.OPERATION_ROLE, "members", change(id, 1, lead("de.customs"), observer("us.cbp")));
    signed(change(id, 1, participant("fr.customs"), lead("de.customs")));
    refused(
        Code.OPERATION_ROLE,
        "operation_id",
        change(id, 2, lead("fr.customs"), participant("de.customs")));
    assertEquals(List.of("de.customs"), permitted(publish(id, objectives("still here"))));
  }

  @Test
  void closedOperation_takesNoDraft_andNoFurtherRoster() {
    OperationId id = founded(participant("de.customs"));
    signed(kit.convening().change(CLIENT, id, Convening.Change.closing(false), PERSON));
    assertEquals(
        Code.OPERATION_CLOSED.name(), publish(id, objectives("late")).getInvalid().getCode());
    refused(
        Code.OPERATION_CLOSED,
        "members",
        change(id, 0, lead("fr.customs"), participant("de.customs")));
  }

  @Test
  void draft_thatTheRosterDoesNotBear_isInvalid() {
    OperationId id = founded(participant("de.customs"));
    OperationId unknown = OperationId.fresh(NOW.toEpochMilli(), random);
    assertEquals(
        Code.ROSTER_UNKNOWN.name(), publish(unknown, objectives("x")).getInvalid().getCode());
    assertEquals(
        Code.OPERATION_ROLE.name(), publish(id, objectives("x"), "us.cbp").getInvalid().getCode());
    OperationUpdate task =
        OperationUpdate.newBuilder()
            .addTasks(
                OperationTask.newBuilder()
                    .setId("T1")
                    .setTitle("watch the gate")
                    .setAgency("us.cbp")
                    .setState(TaskState.TASK_STATE_ASSIGNED))
            .build();
    Outcome outcome = publish(id, task);
    assertEquals("body.operation_update.tasks[0].agency", outcome.getInvalid().getField());
  }

  @Test
  void observer_publishesNothing_byItsOwnGatewayAlready() {
    RosterKit led =
        RosterKit.first(
            Ed25519SigningKey.generate(random),
            NOW,
            "de.customs",
            observer("fr.customs"),
            participant("us.cbp"));
    keep(led);
    assertEquals(
        Code.OPERATION_ROLE.name(),
        publish(led.operation(), objectives("x")).getInvalid().getCode());
  }

  @Test
  void membership_permitsNothingByItself() {
    OperationId id = founded(participant("de.customs"), participant("us.cbp"));
    Draft alert =
        PolicyFixture.draft(PolicyFixture.label())
            .setTo(Addressing.newBuilder().setOperation(ByteString.copyFrom(id.bytes())))
            .build();
    Outcome outcome = kit.intake().publish(CLIENT, alert).join();
    assertEquals(List.of("de.customs"), permitted(outcome));
    assertEquals("us.cbp", outcome.getAccepted().getRefusals(0).getAgency());
    assertEquals(Code.NOT_COVERED.name(), outcome.getAccepted().getRefusals(0).getCode());
  }
}
