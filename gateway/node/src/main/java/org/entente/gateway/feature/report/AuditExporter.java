package org.entente.gateway.feature.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.LogArchive.Place;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.text.TextRule;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.ContentState;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Exports audit records of a period or about a subject, page by page, with the fate of the messages
 * concerned. Each page is recorded, with person and reason, before it is returned. Calls block;
 * safe for use by several threads.
 */
public final class AuditExporter {
  private static final int MAX_OFFICER = 80;

  private final Parts parts;

  /**
   * The collaborators.
   *
   * @param opening opens labels of received messages
   * @param atRest knows the subjects of messages
   */
  public record Parts(
      AgencyName self,
      LogArchive archive,
      Ledger ledger,
      EvidenceRecords evidence,
      InboxOpener opening,
      RecordSeal atRest) {}

  /** Exports from a gateway's ledger and log. */
  public AuditExporter(Parts parts) {
    this.parts = parts;
  }

  /** Checked criteria of an export. */
  private record ExportQuery(
      Instant from,
      Instant to,
      @Nullable String subject,
      @Nullable MessageId message,
      EventFilter events) {
    boolean covers(Instant at) {
      return !at.isBefore(from) && at.isBefore(to);
    }
  }

  /**
   * A page of the export. The actor must contain the person and the reason.
   *
   * @param further runs before each thousand entries that are examined after the first thousand to
   *     find a subject's leaves, and for each thousand leaves and messages that the page examines
   *     after the first {@link ExportPage#COVERED}, so that the caller pays; what it throws ends
   *     the page
   */
  public Result<ExportResponse> export(AuditActor actor, ExportRequest request, Runnable further) {
    AuditPerson person = actor.onBehalfOf();
    if (person == null) {
      return refused("on_behalf_of.officer", "must name the officer who asks");
    }
    if (person.justification() == null || person.justification().isBlank()) {
      return refused("on_behalf_of.justification", "must give a reason");
    }
    ExportQuery asked;
    ExportCursor from;
    try {
      asked = asked(request);
      from = cursor(asked, request.getAfter());
    } catch (WrongField e) {
      return refused(e.field, String.valueOf(e.getMessage()));
    }
    ExportResponse page =
        asked.subject() == null && asked.message() == null
            ? period(asked, new ExportPage(further), from, request.getProofs())
            : chosen(
                asked,
                about(asked, from.place(), further),
                new ExportPage(further),
                from,
                request.getProofs());
    record(actor, asked, page);
    return new Result.Done<>(page);
  }

  private static ExportQuery asked(ExportRequest request) {
    Instant from = request.hasFrom() ? instant("from", request.getFrom()) : Instant.EPOCH;
    Instant to = request.hasTo() ? instant("to", request.getTo()) : Instant.MAX;
    if (!to.isAfter(from)) {
      throw new WrongField("to", "must be after from: " + from + " to " + to);
    }
    return new ExportQuery(from, to, subject(request), message(request), events(request));
  }

  private static EventFilter events(ExportRequest request) {
    String officer = request.getOfficer();
    if (officer.length() > MAX_OFFICER) {
      throw new WrongField("officer", "has at most " + MAX_OFFICER + " characters");
    }
    if (!officer.isEmpty()) {
      TextRule.LINE
          .fault(officer)
          .ifPresent(
              fault -> {
                throw new WrongField("officer", fault.toString());
              });
    }
    return new EventFilter(event(request), client(request), officer);
  }

  private static @Nullable AuditType event(ExportRequest request) {
    if (request.getEvent().isEmpty()) {
      return null;
    }
    return Arrays.stream(AuditType.values())
        .filter(type -> type.name().equals(request.getEvent()))
        .findFirst()
        .orElseThrow(
            () ->
                new WrongField(
                    "event",
                    "found %s; valid is %s"
                        .formatted(
                            InvalidValue.printable(request.getEvent()),
                            NameSuggestion.oneOf(
                                request.getEvent(),
                                Arrays.stream(AuditType.values()).map(AuditType::name).toList()))));
  }

  private static @Nullable NodeName client(ExportRequest request) {
    try {
      return request.getClient().isEmpty() ? null : new NodeName(request.getClient());
    } catch (InvalidValue e) {
      throw new WrongField("client", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String subject(ExportRequest request) {
    try {
      return request.getSubject().isEmpty() ? null : SubjectTerms.parse(request.getSubject());
    } catch (InvalidValue e) {
      throw new WrongField("subject", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable MessageId message(ExportRequest request) {
    try {
      return request.getMessageId().isEmpty()
          ? null
          : MessageId.of(request.getMessageId().toByteArray());
    } catch (InvalidValue e) {
      throw new WrongField("message_id", String.valueOf(e.getMessage()));
    }
  }

  private static Instant instant(String field, Timestamp at) {
    if (!Timestamps.isValid(at)) {
      throw new WrongField(field, "must be a valid timestamp, not " + at.getSeconds() + " s");
    }
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  private ExportCursor cursor(ExportQuery asked, String after) {
    if (after.isEmpty()) {
      return new ExportCursor(new Place(1, 0), 0, asked.from().equals(Instant.EPOCH));
    }
    return ExportCursor.parse(after)
        .filter(cursor -> isInTheLogs(cursor.place()))
        .orElseThrow(
            () ->
                new WrongField(
                    "after",
                    "must be the value of next from a previous page, not "
                        + InvalidValue.printable(after)));
  }

  private boolean isInTheLogs(Place place) {
    return place.log() <= parts.archive().inForce()
        && place.index() <= parts.archive().size(place.log());
  }

  /** A field of the request is invalid. */
  private static final class WrongField extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;

    WrongField(String field, String message) {
      super(message);
      this.field = field;
    }
  }

  // Whom messages name -------------------------------------------------------------------------

  private NextPlaces about(ExportQuery asked, Place from, Runnable further) {
    NextPlaces out = new NextPlaces(parts.archive(), from, further);
    String subject = asked.subject();
    MessageId message = asked.message();
    if (subject != null) {
      parts.ledger().subjects().find(parts.atRest(), subject, out::addAbout);
    } else if (message != null) {
      out.addAbout(message);
    }
    return out;
  }

  private ExportResponse chosen(
      ExportQuery asked, NextPlaces places, ExportPage page, ExportCursor from, boolean proofs) {
    for (Place place : places.held()) {
      if (page.isFull()) {
        return page.until(new ExportCursor(place, 0, false));
      }
      KnownLeaf leaf = leaf(place);
      page.examine(leaf.messages().size());
      boolean within = leaf.record().map(AuditRecord::at).map(asked::covers).orElse(true);
      if (within && asked.events().matches(leaf.record())) {
        OptionalInt rest = add(page, leaf, from, proofs);
        if (rest.isPresent()) {
          return page.until(new ExportCursor(place, rest.getAsInt(), false));
        }
      }
    }
    return places
        .beyond()
        .map(place -> page.until(new ExportCursor(place, 0, false)))
        .orElseGet(page::last);
  }

  // A period -----------------------------------------------------------------------------------

  private ExportResponse period(
      ExportQuery asked, ExportPage page, ExportCursor from, boolean proofs) {
    boolean within = from.within();
    for (int log = from.place().log(); log <= parts.archive().inForce(); log++) {
      long size = parts.archive().size(log);
      for (long index = log == from.place().log() ? from.place().index() : 0;
          index < size;
          index++) {
        Place place = new Place(log, index);
        if (page.isFull()) {
          return page.until(new ExportCursor(place, 0, within));
        }
        KnownLeaf leaf = leaf(place);
        page.examine(leaf.messages().size());
        within = leaf.record().map(AuditRecord::at).map(asked::covers).orElse(within);
        OptionalInt rest =
            within && asked.events().matches(leaf.record())
                ? add(page, leaf, from, proofs)
                : OptionalInt.empty();
        if (rest.isPresent()) {
          return page.until(new ExportCursor(place, rest.getAsInt(), within));
        }
      }
    }
    return page.last();
  }

  // A leaf -------------------------------------------------------------------------------------

  /** A leaf and its content, as far as it still opens: opening has a cost for each message. */
  private record KnownLeaf(
      Place place,
      Optional<StoredLeaf> stored,
      Optional<OpenedLeaf> opened,
      Optional<AuditRecord> record,
      List<MessageId> messages) {}

  private KnownLeaf leaf(Place place) {
    Optional<StoredLeaf> stored = parts.archive().stored(place);
    Optional<OpenedLeaf> opened = stored.flatMap(leaf -> parts.archive().open(place, leaf));
    Optional<AuditRecord> record = opened.flatMap(OpenedLeaf::record);
    List<MessageId> messages = record.map(it -> it.subject().messages()).orElse(List.of());
    return new KnownLeaf(place, stored, opened, record, messages);
  }

  private OptionalInt add(ExportPage page, KnownLeaf leaf, ExportCursor from, boolean proofs) {
    ExportedLeaf.Builder out =
        ExportedLeaf.newBuilder()
            .setOrigin(parts.archive().origin(leaf.place().log()).line())
            .setLog(leaf.place().log())
            .setIndex(leaf.place().index());
    leaf.stored().ifPresent(it -> out.setCommitment(ByteString.copyFrom(it.commitment())));
    leaf.opened()
        .ifPresent(
            opened ->
                out.setSeed(ByteString.copyFrom(opened.seed()))
                    .setRecord(ByteString.copyFrom(opened.encodedRecord())));
    if (proofs) {
      leaf.stored()
          .flatMap(any -> proof(leaf.place(), leaf.opened()))
          .ifPresent(bytes -> out.setProof(ByteString.copyFrom(bytes)));
    }
    int first = leaf.place().equals(from.place()) ? from.message() : 0;
    return page.add(out, leaf.messages(), first, this::message);
  }

  /** Under the last cosigned checkpoint, or the last signed one if no cosigned one covers it. */
  private Optional<byte[]> proof(Place place, Optional<OpenedLeaf> opened) {
    Stream<SignedNote> notes =
        Stream.of(parts.archive().cosigned(place.log()), parts.archive().signed(place.log()))
            .flatMap(Optional::stream);
    return notes
        .flatMap(note -> parts.archive().prove(place, opened, note).stream())
        .findFirst()
        .map(proof -> proof.encode());
  }

  private ExportedMessage message(MessageId id) {
    ExportedMessage.Builder out =
        ExportedMessage.newBuilder().setMessageId(ByteString.copyFrom(id.bytes()));
    InboxTable.PlacedRecord placed = parts.ledger().inbox().find(id);
    ErasureRecord erased = parts.ledger().retention().done(id);
    Optional<SentFacts> sent = parts.evidence().sent(parts.ledger().evidence(), id);
    if (placed != null) {
      kept(out, placed);
    } else if (erased != null) {
      out.setState(ContentState.CONTENT_STATE_ERASED)
          .setErasedAt(Timestamps.fromMillis(erased.getDoneAtMs()))
          .setErasureCause(erased.getCause().name().replace("ERASURE_CAUSE_", ""));
    } else if (sent.isPresent()) {
      out.setState(ContentState.CONTENT_STATE_SENT);
    } else {
      out.setState(ContentState.CONTENT_STATE_ENDED);
    }
    sent.ifPresent(facts -> sent(out, facts));
    return out.addAllEvidence(parts.evidence().known(parts.ledger().evidence(), id)).build();
  }

  private void kept(ExportedMessage.Builder out, InboxTable.PlacedRecord placed) {
    boolean held = placed.record().getOnHold();
    out.setState(held ? ContentState.CONTENT_STATE_ON_HOLD : ContentState.CONTENT_STATE_KEPT)
        .setReceivedAt(Timestamps.fromMillis(placed.record().getReceivedAtMs()))
        .setKeptUntil(endOf(placed.record().getBucketDay()));
    Optional<Label> label = parts.opening().label(placed);
    if (label.isPresent()) {
      label.ifPresent(known -> terms(out, known));
    } else {
      out.setState(ContentState.CONTENT_STATE_ENDED);
    }
  }

  private static Timestamp endOf(long day) {
    return Timestamps.fromMillis(
        LocalDate.ofEpochDay(day + 1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
  }

  private static void terms(ExportedMessage.Builder out, Label label) {
    out.addTerms(
        ExportedMessage.Terms.newBuilder()
            .setAgreement(label.getAgreement())
            .setLegalBasis(label.getLegalBasis())
            .setCategory(label.getCategory())
            .setPurpose(label.getPurpose())
            .setPersonalData(label.getPersonalData())
            .setRetentionDays(label.getRetentionDays())
            .setCaseRef(label.getCaseRef()));
  }

  private static void sent(ExportedMessage.Builder out, SentFacts facts) {
    facts
        .getPartsList()
        .forEach(
            part ->
                out.addTerms(
                    ExportedMessage.Terms.newBuilder()
                        .addAllRecipients(part.getRecipientsList())
                        .setAgreement(part.getAgreement())
                        .setLegalBasis(part.getLegalBasis())
                        .setCategoryValue(part.getCategory())
                        .setPurposeValue(part.getPurpose())
                        .setPersonalData(part.getPersonalData())
                        .setRetentionDays(part.getRetentionDays())
                        .setCaseRef(part.getCaseRef())));
  }

  // On record ----------------------------------------------------------------------------------

  /**
   * Records what was exported but not about whom: that would keep a name in the log for ten years.
   */
  private void record(AuditActor actor, ExportQuery asked, ExportResponse page) {
    String what =
        asked.subject() != null
            ? "about a subject, by " + asked.subject().substring(0, asked.subject().indexOf(':'))
            : asked.message() != null ? "about a message" : "of a period";
    String period =
        (asked.from().equals(Instant.EPOCH) ? "" : " from " + asked.from())
            + (asked.to().equals(Instant.MAX) ? "" : " to " + asked.to());
    MessageId message = asked.message();
    parts
        .ledger()
        .commit(
            Lane.ROUTINE,
            tx -> {
              tx.audit(
                  AuditRecord.of(
                          AuditType.OPERATOR_ACTION,
                          LawCategory.CONSULTATION,
                          Instant.ofEpochMilli(tx.nowMillis()),
                          actor,
                          new AuditSubject(
                              null,
                              message == null ? List.of() : List.of(message),
                              List.of(),
                              null))
                      .saying(
                          "export %s%s%s: %d leaves"
                              .formatted(
                                  what, period, asked.events().words(), page.getLeavesCount())));
              return page;
            });
  }

  private static Result<ExportResponse> refused(String field, String message) {
    return new Result.Refused<>(new Problem(Code.INVALID_FIELD, field, message));
  }
}
