package org.entente.gateway.feature.operation;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.RosterKit;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.TaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joint operations that {@code fr.customs} leads, and what it publishes in them. */
class OperationLeadTest extends OperationLeadFixture {
  private static final List<AgencyName> DE_AND_US =
      List.of(new AgencyName("de.customs"), new AgencyName("us.cbp"));

  OperationLeadTest(@TempDir Path folder) {
    super(folder);
  }

  private List<OperationTable.StoredUpdate> said(OperationId id) {
    OperationTable table = OperationTable.of(ledger);
    List<OperationTable.StoredUpdate> out = new ArrayList<>();
    for (OperationTable.UpdateKey key : table.newest(id, 100).keys()) {
      out.add(requireNonNull(table.update(id, key)));
    }
    return out;
  }

  @Test
  void operation_founded_isOnRecordWithThePerson_andOnItsWayToItsMembers() {
    OperationLead.Signed answer = signed(create(participant("de.customs"), observer("us.cbp")));
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

  /** Members limit the operations of an agency, and closing one frees no place for a year. */
  @Test
  void operationsOfOneClient_areAsManyAsAreFree_andOthersHaveRoom() {
    for (int i = 0; i < OperationReception.MOST_OF_ONE_FOUNDER / 2; i++) {
      close(founded(participant("de.customs")));
    }
    refused(Code.LIMIT_REACHED, "", create(participant("de.customs")));
    List<RosterMember> others = List.of(participant("de.customs"));
    var another =
        signed(
            kit.convening().create(new NodeName("night"), "CALM", others, NOW, END, false, PERSON));
    assertEquals(1, another.roster().number());

    long over = END.plus(RosterRecords.KEPT).plus(Duration.ofDays(40)).toEpochMilli() / 86_400_000;
    assertTrue(ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(over, 100)) > 0);
    assertNotNull(founded(participant("de.customs")), "one was removed");
    refused(Code.LIMIT_REACHED, "", create(participant("de.customs")));
  }

  /** Attack: the members are away, and one client changes a roster again and again. */
  @Test
  void rostersOfOneClient_takeNoRoomOfOthers_andEndsNeedNone() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    leave(DiskThresholds.DEFAULT.refuseBelow() + (1 << 17));
    int changes = 0;
    Result<OperationLead.Signed> last;
    do {
      changes++;
      RosterMember de = changes % 2 == 0 ? participant("de.customs") : observer("de.customs");
      last = change(id, 0, lead("fr.customs"), de, observer("us.cbp"));
    } while (last instanceof Result.Done && changes < 100);
    refused(Code.OVERLOADED, "", last);
    assertTrue(changes > 2, "each client has a share");
    refused(Code.OVERLOADED, "", create(participant("de.customs")));
    List<RosterMember> others = List.of(participant("de.customs"));
    signed(kit.convening().create(new NodeName("night"), "CALM", others, NOW, END, false, PERSON));

    signed(withoutUs(id));
    signed(kit.convening().change(CLIENT, id, OperationLead.Change.closing(false), PERSON));
  }

  @Test
  void rosters_onAFullDisk_onlyEndMembershipsAndOperations() {
    OperationId id = founded(participant("de.customs"), observer("us.cbp"));
    leave(1 << 20);
    List<AuditType> before = journal.types();
    refused(Code.STORAGE_FULL, "", create(participant("de.customs")));
    refused(
        Code.STORAGE_FULL,
        "",
        change(id, 0, lead("fr.customs"), observer("de.customs"), observer("us.cbp")));
    refused(Code.STORAGE_FULL, "", change(id, 0, lead("fr.customs"), observer("de.customs")));
    assertEquals(before, journal.types());
    assertEquals(2, signed(withoutUs(id)).roster().number());
    signed(kit.convening().change(CLIENT, id, OperationLead.Change.closing(false), PERSON));
  }

  private Result<OperationLead.Signed> withoutUs(OperationId id) {
    return change(
        id,
        0,
        held(id).newest().content().members().stream()
            .filter(member -> !member.agency().value().equals("us.cbp"))
            .toArray(RosterMember[]::new));
  }

  /** Members refuse what is beyond their limit of an agency, whichever of its clients opened it. */
  @Test
  void openOperationsOfOneClient_areAsManyAsAreFreeAtEachMember_alsoOverARestart() {
    OperationId first = founded(participant("de.customs"));
    for (int i = 1; i < IntakeKit.OPEN_OPERATIONS / 2; i++) {
      var unused = founded(participant("de.customs"));
    }
    Result<OperationLead.Signed> beyond = create(participant("de.customs"));
    refused(Code.LIMIT_REACHED, "members", beyond);
    assertTrue(Results.problem(beyond).message().contains("de.customs takes 100 open operations"));
    OperationId elsewhere = founded(participant("us.cbp"));
    refused(
        Code.LIMIT_REACHED,
        "members",
        change(elsewhere, 1, lead("fr.customs"), participant("us.cbp"), observer("de.customs")));
    signed(change(first, 1, lead("fr.customs"), participant("de.customs"), observer("us.cbp")));
    NodeName night = new NodeName("night");
    List<RosterMember> others = List.of(participant("de.customs"));
    signed(kit.convening().create(night, "CALM", others, NOW, END, false, PERSON));

    RosterRecords again = new RosterRecords(new OperationTable(store), atRest, 100);
    assertEquals(
        Optional.of(new AgencyName("de.customs")),
        again.full(token(CLIENT), OperationId.fresh(1, random), DE_AND_US, NOW.toEpochMilli()));
    assertEquals(
        Optional.empty(),
        again.full(token(night), OperationId.fresh(1, random), DE_AND_US, NOW.toEpochMilli()));
    assertEquals(
        Optional.empty(),
        again.full(token(CLIENT), first, DE_AND_US, NOW.toEpochMilli()),
        "it is open there already");
  }

  @Test
  void operation_closedOrOverOrLedByAnother_leavesRoomForAnother() {
    List<OperationId> open = new ArrayList<>();
    for (int i = 0; i < IntakeKit.OPEN_OPERATIONS / 2; i++) {
      open.add(founded(participant("de.customs"), observer("us.cbp")));
    }
    refused(Code.LIMIT_REACHED, "members", create(participant("de.customs")));
    close(open.get(0));
    OperationId second = founded(participant("de.customs"));
    refused(Code.LIMIT_REACHED, "members", create(participant("de.customs")));

    // The new lead has signed: it answers for the operation, and this agency no longer does.
    RosterStatement handedOver =
        signed(change(second, 1, participant("fr.customs"), lead("de.customs"))).roster();
    refused(Code.LIMIT_REACHED, "members", create(participant("de.customs")));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          kit.rosters().put(tx, next(handedOver));
          return second;
        });
    close(founded(participant("de.customs")));

    long over = END.toEpochMilli();
    assertEquals(
        Optional.empty(),
        kit.rosters().full(token(CLIENT), OperationId.fresh(1, random), DE_AND_US, over));
  }

  private void close(OperationId id) {
    signed(kit.convening().change(CLIENT, id, OperationLead.Change.closing(false), PERSON));
  }

  private ByteString token(NodeName client) {
    return ByteString.copyFrom(ledger.names().token(client.value()));
  }

  /** What the new lead signs after an operation was handed over to it. */
  private RosterStatement next(RosterStatement roster) {
    RosterStatement.Content content = roster.content();
    RosterStatement.Place place = content.place();
    AgencyName lead = content.lead();
    return RosterStatement.sign(
        new RosterStatement.Content(
            new RosterStatement.Place(
                StatementFrame.toAll(
                    new FederationName("test.example"),
                    lead,
                    new NodeName("gateway-1"),
                    NOW.toEpochMilli()),
                place.operation(),
                roster.number() + 1,
                roster.hash()),
            content.terms(),
            content.members()),
        Ed25519SigningKey.generate(random));
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
    OperationLead convening = kit.convening();
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
    OperationTable.StoredUpdate said = said(id).get(0);
    assertTrue(said.own());
    Label label = label(said);
    RosterStatement roster = kit.rosters().held(id).orElseThrow().newest();
    assertEquals(1, label.getOperationEpoch());
    assertArrayEquals(roster.hash(), label.getOperationRosterHash().toByteArray());
    assertEquals(List.of("us.cbp"), permitted(publish(id, objectives("for one"), "us.cbp")));
  }

  @Test
  void update_thatIsRecalled_isKeptNoLonger() {
    OperationId id = founded(participant("de.customs"));
    Outcome outcome = publish(id, objectives("find the seals"));
    assertEquals(1, said(id).size());
    MessageId update = MessageId.of(outcome.getMessageId().toByteArray());
    assertNotNull(
        kit.recalling().recall(CLIENT, update, "another port", PERSON, lookUps -> {}).join());
    assertEquals(List.of(), said(id));
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

  private Label label(OperationTable.StoredUpdate said) {
    try {
      return Label.parseFrom(
          SentOperationUpdates.open(atRest, said.sealed()).orElseThrow().getLabel());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void update_recalled_isNotKeptAsOwnAnyMore() {
    OperationId id = founded(participant("de.customs"));
    Outcome outcome = publish(id, objectives("find the seals"));
    MessageId message = MessageId.of(outcome.getMessageId().toByteArray());
    Results.value(
        kit.recalling().recall(CLIENT, message, "was wrong", PERSON, lookUps -> {}).join());
    assertEquals(List.of(), said(id));
  }

  @Test
  void roster_cannotBeRecalled() {
    MessageId message = signed(create(participant("de.customs"))).message();
    Result<MessageRecall.Sent> answer =
        kit.recalling().recall(CLIENT, message, "was wrong", PERSON, lookUps -> {}).join();
    Results.problem(answer);
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
    signed(kit.convening().change(CLIENT, id, OperationLead.Change.closing(false), PERSON));
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
