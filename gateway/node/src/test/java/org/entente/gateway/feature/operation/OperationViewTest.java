package org.entente.gateway.feature.operation;

import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Timestamps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.OwnOperationUpdate;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationEntry;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.ShowOperationResponse;
import org.entente.proto.v1.SituationReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see of joint operations, page by page. */
class OperationViewTest extends OperationLeadFixture {
  OperationViewTest(@TempDir Path folder) {
    super(folder);
  }

  private OperationView view() {
    return new OperationView(
        IntakeKit.SELF,
        ledger,
        kit.rosters(),
        new OperationView.Reading(
            atRest,
            new InboxOpener(new MemoryStorageKeys(), ledger.inbox()),
            new EvidenceRecords(atRest, IntakeKit.SELF),
            new Desks(atRest, Map::of)),
        new LabelCheck(MessageLimits.defaults()));
  }

  /** Stores an update of this agency. */
  private ByteString said(OperationId operation, int second, OperationUpdate update) {
    MessageId id = MessageId.fresh(NOW.plusSeconds(second).toEpochMilli(), random);
    Label label =
        PolicyFixture.label()
            .setKind(Kind.KIND_OPERATION)
            .setOrigin(IntakeKit.SELF.value())
            .build();
    byte[] own =
        OwnOperationUpdate.newBuilder()
            .setLabel(label.toByteString())
            .setBody(Body.newBuilder().setOperationUpdate(update).build().toByteString())
            .build()
            .toByteArray();
    boolean standing = Situation.isStatedBy(update);
    byte[] sealed = atRest.seal(OperationTable.saidPlace(operation, id, standing), own, END);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationTable.of(ledger).said(tx, operation, id, standing, sealed);
          return id;
        });
    return ByteString.copyFrom(id.bytes());
  }

  private static OperationUpdate large(int number) {
    return reports(40).toBuilder().setObjectives("plan " + number).build();
  }

  private static OperationUpdate reports(int count) {
    SituationReport report =
        SituationReport.newBuilder()
            .setAt(Timestamps.fromMillis(NOW.toEpochMilli()))
            .setText("x".repeat(10_000))
            .build();
    return OperationUpdate.newBuilder().addAllReports(Collections.nCopies(count, report)).build();
  }

  @Test
  void largeUpdates_areShownInPagesOfBoundedSize_completeAndInOrder() {
    OperationId id = founded(participant("de.customs"));
    List<ByteString> updates = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      updates.add(0, said(id, i, large(i)));
    }
    OperationView view = view();

    List<OperationEntry> shown = new ArrayList<>();
    List<Integer> pages = new ArrayList<>();
    MessageId after = null;
    do {
      ShowOperationResponse page = Results.value(view.show(CLIENT, id, after, PERSON, () -> {}));
      assertTrue(page.getSerializedSize() < 4 << 20, page.getSerializedSize() + " bytes");
      shown.addAll(page.getEntriesList());
      pages.add(page.getEntriesCount());
      after = page.getNext().isEmpty() ? null : MessageId.of(page.getNext().toByteArray());
      assertEquals(after != null, page.getMore());
    } while (after != null);

    assertEquals(List.of(7, 7, 6), pages);
    assertEquals(updates, shown.stream().map(OperationEntry::getMessageId).toList());
    assertTrue(shown.stream().allMatch(entry -> entry.getUpdate().getReportsCount() == 40));
    assertEquals(
        List.of("plan 19"),
        shown.stream()
            .map(entry -> entry.getUpdate().getObjectives())
            .filter(text -> !text.isEmpty())
            .toList(),
        "the newest replaces those of the later pages");
  }

  /** Of twenty, each a little larger than 1 MiB, behind which nothing is shown. */
  private int paidForNothing(OperationUpdate update) {
    OperationId id = founded(participant("de.customs"));
    for (int i = 0; i < 20; i++) {
      said(id, i, update);
    }
    AtomicInteger paid = new AtomicInteger();
    MessageId before = MessageId.of(new byte[MessageId.SIZE]);
    ShowOperationResponse page =
        Results.value(view().show(CLIENT, id, before, PERSON, paid::incrementAndGet));
    assertEquals(0, page.getEntriesCount());
    return paid.get();
  }

  @Test
  void updatesOfEarlierPages_areOpenedIfTheyReplaceOthers_andThenPaid() {
    OperationUpdate reports = reports(105);
    assertEquals(0, paidForNothing(reports), "reports replace nothing");
    assertEquals(1, paidForNothing(reports.toBuilder().setObjectives("the plan").build()));
    assertEquals(
        1,
        paidForNothing(
            objectives("the plan").toBuilder()
                .setUnknownFields(
                    UnknownFieldSet.newBuilder()
                        .addField(
                            9_000,
                            UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(reports.toByteString())
                                .build())
                        .build())
                .build()),
        "fields that this version does not know are opened too");
  }

  @Test
  void updatesOfManyElements_areShownInPagesOfFew_andWithoutUnknownFields() {
    OperationId id = founded(participant("de.customs"));
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(9_000, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    OperationUpdate update =
        OperationUpdate.newBuilder()
            .addAllReports(Collections.nCopies(40_000, SituationReport.getDefaultInstance()))
            .build();
    for (int i = 0; i < 4; i++) {
      said(id, i, update.toBuilder().setUnknownFields(unknown).build());
    }

    ShowOperationResponse page = Results.value(view().show(CLIENT, id, null, PERSON, () -> {}));

    assertEquals(
        List.of(update, update, update),
        page.getEntriesList().stream().map(OperationEntry::getUpdate).toList());
    MessageId after = MessageId.of(page.getNext().toByteArray());
    page = Results.value(view().show(CLIENT, id, after, PERSON, () -> {}));
    assertEquals(1, page.getEntriesCount());
    assertEquals(ByteString.EMPTY, page.getNext());
  }

  @Test
  void updateOfMoreElementsThanAPage_isShownAlone() {
    OperationId id = founded(participant("de.customs"));
    OperationUpdate update =
        OperationUpdate.newBuilder()
            .addAllReports(
                Collections.nCopies(ElementCount.MOST, SituationReport.getDefaultInstance()))
            .build();
    said(id, 0, update);
    said(id, 1, update);

    ShowOperationResponse page = Results.value(view().show(CLIENT, id, null, PERSON, () -> {}));

    assertEquals(1, page.getEntriesCount());
    assertTrue(!page.getNext().isEmpty());
  }

  /** Its ids may state any time, and its messages are of no use to anybody. */
  @Test
  void floodOfOneMember_leavesTheNewestOfEachOther() {
    OperationId id = founded(participant("de.customs"));
    ByteString plan = said(id, 0, objectives("the plan"));
    OperationTable table = OperationTable.of(ledger);
    for (int i = 0; i < 600; i++) {
      MessageId later = MessageId.fresh(NOW.plus(Duration.ofDays(1)).toEpochMilli() + i, random);
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            table.received(tx, id, new AgencyName("de.customs"), later, true);
            return id;
          });
    }
    ShowOperationResponse page = Results.value(view().show(CLIENT, id, null, PERSON, () -> {}));
    assertEquals(
        List.of(plan), page.getEntriesList().stream().map(OperationEntry::getMessageId).toList());
    assertTrue(page.getMore());
  }

  /** Whoever reports every minute must not hide what its agency has planned. */
  @Test
  void reportsOfAnAgency_leaveWhatItStatesBeside() {
    OperationId id = founded(participant("de.customs"));
    ByteString plan = said(id, 0, objectives("the plan"));
    OperationUpdate report =
        OperationUpdate.newBuilder()
            .addReports(SituationReport.newBuilder().setText("nothing new"))
            .build();
    for (int i = 1; i <= 600; i++) {
      said(id, i, report);
    }
    ShowOperationResponse page = Results.value(view().show(CLIENT, id, null, PERSON, () -> {}));
    assertEquals(500, page.getEntriesCount());
    assertEquals(plan, page.getEntries(499).getMessageId());
    assertTrue(page.getMore());
  }

  /** Damage that no checksum shows. */
  @Test
  void damagedOperation_isLeftOut_andTheOthersAreListed() {
    OperationId sound = founded(participant("de.customs"));
    OperationId damaged = founded(participant("de.customs"));
    RecordPlace place = OperationTable.rosterPlace(damaged, 1);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          byte[] sealed = atRest.seal(place, new byte[] {1}, END);
          OperationTable.of(ledger).putRoster(tx, damaged, 1, sealed);
          return damaged;
        });
    assertEquals(
        List.of(ByteString.copyFrom(sound.bytes())),
        view().list().getOperationsList().stream().map(Operation::getOperationId).toList());
  }

  @Test
  void updates_beyondTheNewest500_areNotShown_andMentioned() {
    OperationId id = founded(participant("de.customs"));
    for (int i = 0; i < 501; i++) {
      said(id, i, objectives("plan " + i));
    }

    ShowOperationResponse page = Results.value(view().show(CLIENT, id, null, PERSON, () -> {}));

    assertEquals(ByteString.EMPTY, page.getNext());
    assertTrue(page.getMore());
  }
}
