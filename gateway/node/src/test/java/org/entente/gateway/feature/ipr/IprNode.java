package org.entente.gateway.feature.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.AnswerIprNoticeRequest;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprConclusion;
import org.entente.proto.v1.IprDeclarantAnswer;
import org.entente.proto.v1.IprDeclaration;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprDisclosure;
import org.entente.proto.v1.IprExtension;
import org.entente.proto.v1.IprGoods;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprNotification;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprParticular;
import org.entente.proto.v1.IprParty;
import org.entente.proto.v1.IprRight;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.entente.proto.v1.ReadIprNoticeResponse;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationContent;
import org.entente.proto.v1.RecordationDecision;
import org.entente.proto.v1.SuspendGoodsRequest;

/**
 * The procedure of {@code fr.customs} over a disk that outlives it. It begins on Monday, 2 March
 * 2026, at nine in Paris; there are no holidays.
 */
final class IprNode implements AutoCloseable {
  static final NodeName DESK = new NodeName("ipr-desk");
  static final NodeName HOLDER = new NodeName("brakes-ag");
  static final NodeName OTHER = new NodeName("toys-sa");
  static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  static final Duration KEEP = Duration.ofDays(183);
  static final OnBehalfOf OFFICER =
      OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("file 12/26").build();
  static final OnBehalfOf PERSON = OnBehalfOf.newBuilder().setOfficer("A. Holder").build();
  static final IprSettings SETTINGS =
      new IprSettings(
          new WorkingDays(
              PARIS,
              EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
              Set.of(),
              LocalDate.of(2027, 12, 31)),
          Duration.ofDays(2),
          KEEP,
          Duration.ofDays(366),
          Set.of(HOLDER.value(), OTHER.value())::contains);

  /** Ten working days after the first day are over. */
  static final Instant TEN_DAYS_OVER = Instant.parse("2026-03-16T23:00:00Z");

  final SettableClock clock = new SettableClock(Instant.parse("2026-03-02T08:00:00Z"));
  final MemoryStorageKeys keys = new MemoryStorageKeys();
  final RecordedLeaves leaves = new RecordedLeaves();
  final MemoryStore.Disk disk = new MemoryStore.Disk();
  MemoryStore store = new MemoryStore(disk);
  Ledger ledger;
  IprOffice office;
  HolderDesk desk;

  /** How often the desk looked through further records than the price of a page covers. */
  final AtomicInteger further = new AtomicInteger();

  IprRetention upkeep;

  IprNode() {
    ledger = QuietLedger.started(store, clock, leaves);
    office = new IprOffice(parts(), SETTINGS);
    desk = new HolderDesk(parts(), SETTINGS, further::incrementAndGet);
    upkeep = new IprRetention(parts(), SETTINGS, clock);
  }

  private IprParts parts() {
    return parts(clock);
  }

  IprParts parts(InstantSource time) {
    return new IprParts(
        new AgencyName("fr.customs"),
        ledger,
        new RecordSeal(keys, new SecureRandom()),
        new LabelCheck(MessageLimits.defaults()),
        time,
        new SecureRandom());
  }

  /** What a killed process leaves is all that the next one has. */
  void restart() {
    ledger.halt("killed");
    ledger.close();
    disk.cutPower();
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, clock, leaves);
    office = new IprOffice(parts(), SETTINGS);
    desk = new HolderDesk(parts(), SETTINGS, further::incrementAndGet);
    upkeep = new IprRetention(parts(), SETTINGS, clock);
  }

  static <T> T done(Result<T> answer) {
    return Results.value(answer);
  }

  static Problem refused(Result<?> answer) {
    return Results.problem(answer);
  }

  static Code code(Result<?> answer) {
    return refused(answer).code();
  }

  // Recordations ---------------------------------------------------------------------------------

  static RecordRightRequest application(NodeName holder) {
    return RecordRightRequest.newBuilder()
        .setContent(
            RecordationContent.newBuilder()
                .setRight(IprRight.IPR_RIGHT_TRADE_MARK)
                .setRightNumber("EUTM 018000001")
                .setHolderName("Brakes AG")
                .addProducts("brake pads")
                .setGenuineFeatures("a hologram on each box")
                .setContact("legal@brakes.example, +49 30 555 0100")
                .setHolderClient(holder.value())
                .setSmallConsignments(true))
        .setOnBehalfOf(OFFICER)
        .build();
  }

  Recordation applied(NodeName holder) {
    return done(office.record(DESK, application(holder))).getRecordation();
  }

  Result<?> decide(ByteString recordation, RecordationDecision decision, Duration validFor) {
    DecideRecordationRequest.Builder request =
        DecideRecordationRequest.newBuilder()
            .setRecordationId(recordation)
            .setDecision(decision)
            .setOnBehalfOf(OFFICER);
    if (!validFor.isZero()) {
      request.setValidTo(Timestamps.fromMillis(clock.millis() + validFor.toMillis()));
    }
    return office.decide(DESK, request.build());
  }

  ByteString granted(NodeName holder, Duration validFor) {
    ByteString id = applied(holder).getRecordationId();
    done(decide(id, RecordationDecision.RECORDATION_DECISION_GRANT, validFor));
    return id;
  }

  ByteString granted() {
    return granted(HOLDER, Duration.ofDays(300));
  }

  // Cases ----------------------------------------------------------------------------------------

  static SuspendGoodsRequest.Builder suspension(IprCaseKind kind, ByteString recordation) {
    return SuspendGoodsRequest.newBuilder()
        .setKind(kind)
        .setRecordationId(recordation)
        .setGoods(
            IprGoods.newBuilder()
                .setDescription("brake pads without hologram")
                .setQuantity("1200 pieces")
                .setPlace("Le Havre, hall 4")
                .setDeclaration("26FR00112233445566"))
        .addParticulars(
            IprParticular.newBuilder()
                .setDetail(IprDetail.IPR_DETAIL_CONSIGNEE)
                .setText("Garage Dupont, Rouen"))
        .addParticulars(
            IprParticular.newBuilder()
                .setDetail(IprDetail.IPR_DETAIL_CONSIGNOR)
                .setText("Parts Ltd, Shenzhen"))
        .setOnBehalfOf(OFFICER);
  }

  IprCase suspended(IprCaseKind kind, ByteString recordation) {
    return done(office.suspend(DESK, suspension(kind, recordation).build())).getIprCase();
  }

  /** A case whose parties are notified. */
  ByteString notified(IprCaseKind kind, ByteString recordation) {
    ByteString id = suspended(kind, recordation).getCaseId();
    done(notify(id, IprParty.IPR_PARTY_DECLARANT));
    done(notify(id, IprParty.IPR_PARTY_RIGHTS_HOLDER));
    return id;
  }

  ByteString notified() {
    return notified(IprCaseKind.IPR_CASE_KIND_STANDARD, granted());
  }

  static ActOnIprCaseRequest.Builder act(ByteString id) {
    return ActOnIprCaseRequest.newBuilder().setCaseId(id).setOnBehalfOf(OFFICER);
  }

  Result<?> act(ActOnIprCaseRequest.Builder request) {
    return office.act(DESK, request.build());
  }

  Result<?> notify(ByteString id, IprParty party) {
    return act(act(id).setNotify(IprNotification.newBuilder().setParty(party)));
  }

  Result<?> declare(ByteString id, IprDeclarantAnswer answer) {
    return act(act(id).setDeclaration(IprDeclaration.newBuilder().setAnswer(answer)));
  }

  Result<?> extend(ByteString id, int days) {
    return act(act(id).setExtend(IprExtension.newBuilder().setWorkingDays(days)));
  }

  Result<?> disclose(ByteString id, IprDetail detail) {
    return act(act(id).setDisclose(IprDisclosure.newBuilder().addDetails(detail)));
  }

  Result<?> conclude(ByteString id, IprOutcome outcome) {
    return act(act(id).setConclude(IprConclusion.newBuilder().setOutcome(outcome)));
  }

  IprCase read(ByteString id) {
    return done(office.read(
            DESK, ReadIprCaseRequest.newBuilder().setCaseId(id).setOnBehalfOf(OFFICER).build()))
        .getIprCase();
  }

  // Rights holders -------------------------------------------------------------------------------

  Result<?> answer(NodeName holder, ByteString id, IprAnswer answer) {
    return desk.answer(
        holder,
        AnswerIprNoticeRequest.newBuilder()
            .setCaseId(id)
            .setAnswer(answer)
            .setText("Tribunal de Paris, 26/01234")
            .setOnBehalfOf(PERSON)
            .build());
  }

  Result<?> answer(ByteString id, IprAnswer answer) {
    return answer(HOLDER, id, answer);
  }

  /** The holder confirms and agrees. */
  void agree(ByteString id) {
    done(answer(id, IprAnswer.IPR_ANSWER_CONFIRMS));
    done(answer(id, IprAnswer.IPR_ANSWER_AGREES_TO_DESTRUCTION));
  }

  Result<ReadIprNoticeResponse> notice(NodeName holder, ByteString id) {
    return desk.read(
        holder, ReadIprNoticeRequest.newBuilder().setCaseId(id).setOnBehalfOf(PERSON).build());
  }

  IprNotice notice(ByteString id) {
    return done(notice(HOLDER, id)).getNotice();
  }

  List<ByteString> notices(NodeName holder, boolean closedToo) {
    return done(
            desk.notices(
                holder, ListIprNoticesRequest.newBuilder().setClosedToo(closedToo).build()))
        .getNoticesList()
        .stream()
        .map(IprNotice::getCaseId)
        .toList();
  }

  @Override
  public void close() {
    ledger.close();
  }
}
