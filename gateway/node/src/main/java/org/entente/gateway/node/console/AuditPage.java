package org.entente.gateway.node.console;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.entente.proto.v1.OnBehalfOf;

/**
 * The page that searches the audit log. A search is a page of an export: it costs as much, and is
 * on record with officer and reason. Shows no words of a refusal or of a record that names
 * messages: they may say what a message is about.
 */
final class AuditPage {
  /** Messages of a leaf that are named. */
  private static final int NAMED = 20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final List<String> EVENTS =
      Stream.concat(Stream.of(""), Arrays.stream(AuditType.values()).map(AuditType::name).sorted())
          .toList();

  private final ConsoleSources sources;

  AuditPage(ConsoleSources sources) {
    this.sources = sources;
  }

  View view(PageRequest request) {
    if (!request.isForm()) {
      return page(request, "", "", ExportResponse.getDefaultInstance());
    }
    return search(request)
        .fold(
            found -> page(request, "", told(found), found),
            problem ->
                page(request, PageRequest.words(problem), "", ExportResponse.getDefaultInstance()));
  }

  private Result<ExportResponse> search(PageRequest request) {
    return sources
        .node()
        .get()
        .map(
            node ->
                asked(request)
                    .then(asked -> node.export(request.client(), request.isGone(), asked)))
        .orElseGet(() -> Result.refused(Code.NOT_READY, "", PageRequest.REOPENED));
  }

  private static Result<ExportRequest> asked(PageRequest request) {
    ExportRequest.Builder asked =
        ExportRequest.newBuilder()
            .setSubject(request.field("subject"))
            .setEvent(request.field("event"))
            .setClient(request.field("client"))
            .setOfficer(request.field("officer"))
            .setAfter(request.field("after"))
            .setOnBehalfOf(
                OnBehalfOf.newBuilder()
                    .setOfficer(request.field("asker"))
                    .setJustification(request.field("reason")));
    try {
      message(request.field("message")).ifPresent(asked::setMessageId);
      time("from", request.field("from")).ifPresent(asked::setFrom);
      time("to", request.field("to")).ifPresent(asked::setTo);
    } catch (InvalidValue e) {
      return Result.refused(Code.INVALID_FIELD, "", String.valueOf(e.getMessage()));
    }
    return Result.done(asked.build());
  }

  private static Optional<ByteString> message(String typed) {
    return typed.isEmpty()
        ? Optional.empty()
        : Optional.of(ByteString.copyFrom(MessageId.parse(typed).bytes()));
  }

  private static Optional<Timestamp> time(String field, String typed) {
    return typed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Timestamp.newBuilder().setSeconds(instant(field, typed).getEpochSecond()).build());
  }

  /** As browsers send a local time, which here is UTC; or a day. */
  private static Instant instant(String field, String typed) {
    try {
      return typed.contains("T")
          ? LocalDateTime.parse(typed.replaceFirst("Z$", "")).toInstant(ZoneOffset.UTC)
          : LocalDate.parse(typed).atStartOfDay().toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new InvalidValue(
          field + ": a time is a day such as 2026-03-01, or 2026-03-01T08:00 in UTC", typed);
    }
  }

  private static String told(ExportResponse found) {
    int leaves = found.getLeavesCount();
    String count = leaves == 0 ? "No leaf" : leaves == 1 ? "One leaf" : leaves + " leaves";
    return found.getNext().isEmpty()
        ? count + ", to the end of the log."
        : count + " so far. The log continues: search further.";
  }

  private static View page(PageRequest request, String problem, String told, ExportResponse found) {
    return new AuditView(
        request.frame(),
        fields(request),
        problem,
        told,
        found.getLeavesList().stream().map(AuditPage::leaf).toList(),
        found.getNext(),
        request.frame().leadsTo(MessagePage.PATH));
  }

  private static List<FormField> fields(PageRequest typed) {
    return List.of(
        FormField.text(typed, "message", "Message", 64).hinted("an id of 32 hex digits"),
        FormField.text(typed, "subject", "Subject", 500)
            .hinted("scheme:value, such as container:CSQU3054383; not together with a message"),
        FormField.choice(typed, "event", "Event", EVENTS),
        FormField.text(typed, "client", "Caused by client", 64),
        FormField.text(typed, "officer", "Caused for officer", 80),
        FormField.time(typed, "from", "From (UTC)"),
        FormField.time(typed, "to", "Before (UTC)"),
        FormField.text(typed, "asker", "Your reference as officer", 80).needed(),
        FormField.text(typed, "reason", "Reason for this search", 500)
            .needed()
            .hinted("both go into the audit log"));
  }

  private static AuditView.Leaf leaf(ExportedLeaf leaf) {
    String number = leaf.getLog() + "/" + leaf.getIndex();
    List<AuditView.Named> messages =
        leaf.getMessagesList().stream().limit(NAMED).map(AuditPage::named).toList();
    long more = (long) leaf.getMessageCount() - leaf.getFirstMessage() - messages.size();
    return AuditRecordCodec.decode(leaf.getRecord().toByteArray())
        .map(record -> leaf(number, record, messages, more))
        .orElseGet(
            () -> new AuditView.Leaf(number, "", "unreadable", "", "", "", "", messages, more));
  }

  private static AuditView.Leaf leaf(
      String number, AuditRecord record, List<AuditView.Named> messages, long more) {
    String code = record.outcome().code();
    return new AuditView.Leaf(
        number,
        TIME.format(record.at()),
        record.type().name(),
        by(record.actor()),
        record.subject().agencies().stream()
            .map(AgencyName::value)
            .collect(Collectors.joining(", ")),
        code.isEmpty() ? record.basis().agreement() : code,
        messages.isEmpty() && code.isEmpty() ? record.outcome().detail() : "",
        messages,
        more);
  }

  private static String by(AuditActor actor) {
    List<String> by = new ArrayList<>(List.of(actor.agency().value()));
    if (actor.client() != null) {
      by.add("client " + actor.client());
    }
    AuditPerson person = actor.onBehalfOf();
    if (person != null) {
      by.add("officer " + person.officer());
    }
    return String.join(", ", by);
  }

  private static AuditView.Named named(ExportedMessage message) {
    return new AuditView.Named(
        HexFormat.of().formatHex(message.getMessageId().toByteArray()),
        EnumNames.word(message.getState()).replace('_', ' ').toLowerCase(Locale.ROOT));
  }
}
