package org.entente.gateway.cli.audit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.cli.audit.LeafCheck.SignedCheckpoint;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.HtmlPage;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedMessage;
import org.entente.proto.v1.OnBehalfOf;

/**
 * A report of exported records for a lawyer: what was shared, when, with whom, on which basis and
 * by which person, each fact with its leaf and whether the log proves it. Pure.
 */
final class AuditReportPage {
  private static final Map<LawCategory, String> HEADINGS = new LinkedHashMap<>();

  static {
    HEADINGS.put(LawCategory.DISCLOSURE, "Data that were shared");
    HEADINGS.put(LawCategory.COLLECTION, "Data that were received");
    HEADINGS.put(LawCategory.CONSULTATION, "Data that were viewed");
    HEADINGS.put(LawCategory.ALTERATION, "Data that were changed");
    HEADINGS.put(LawCategory.COMBINATION, "Data that were matched with others");
    HEADINGS.put(LawCategory.ERASURE, "Data that were erased");
    HEADINGS.put(LawCategory.NONE, "Other events");
  }

  /** Decisions that stop or delay sharing. A record with a code of refusal is one too. */
  private static final Set<AuditType> DECISIONS =
      EnumSet.of(
          AuditType.REFUSED,
          AuditType.HELD,
          AuditType.CONSENT_DENIED,
          AuditType.CONSENT_REVOKED,
          AuditType.VOIDED,
          AuditType.QUARANTINED);

  private static final List<String> COLUMNS =
      List.of("When", "What", "Messages", "With whom", "Basis", "By whom", "Outcome", "Leaf");

  private final List<List<String>> source;
  private final OnBehalfOf reader;
  private final List<CheckedRecord> records;
  private final List<SignedCheckpoint> checkpoints;
  private final List<String> logs;

  /**
   * A record with the result of its check.
   *
   * @param fault what is not proven; empty if all is
   */
  record CheckedRecord(ExportedRecord exported, String fault) {
    boolean isProven() {
      return fault.isEmpty();
    }
  }

  /**
   * A report.
   *
   * @param source names and values that say which records these are
   * @param reader for whom and why it is made
   */
  AuditReportPage(
      List<List<String>> source,
      OnBehalfOf reader,
      List<CheckedRecord> records,
      List<SignedCheckpoint> checkpoints) {
    this.source = List.copyOf(source);
    this.reader = reader;
    this.records = List.copyOf(records);
    this.checkpoints = List.copyOf(checkpoints);
    this.logs = records.stream().map(one -> one.exported().leaf().getOrigin()).distinct().toList();
  }

  /**
   * The page.
   *
   * @param made when it is made
   * @param bundle version of the trust bundle whose keys were used
   */
  String html(Instant made, long bundle) {
    HtmlPage page = new HtmlPage("Report from the audit log");
    page.facts(summary(made, bundle));
    page.paragraph(
        "Each row below is one fact of the log, with its leaf. A leaf that is proven was in the log"
            + " when the agency signed the log's checkpoint, and says exactly this. Categories are"
            + " those of Directive (EU) 2016/680, article 25. Times are UTC.");
    HEADINGS.forEach((category, heading) -> section(page, heading, rows(category)));
    section(page, "Decisions and refusals", decisions());
    messages(page);
    verification(page);
    return page.end();
  }

  private List<List<String>> summary(Instant made, long bundle) {
    List<List<String>> facts = new ArrayList<>(source);
    facts.add(List.of("Made for", reader.getOfficer()));
    facts.add(List.of("Reason", reader.getJustification()));
    facts.add(List.of("Made at", seconds(made)));
    facts.add(List.of("Log", logs.isEmpty() ? "no leaf was found" : String.join(", ", logs)));
    facts.add(List.of("Facts", CountText.of(records.size(), "fact")));
    facts.add(List.of("Verification", verdict()));
    facts.add(List.of("Keys", "of trust bundle version " + bundle));
    return facts;
  }

  /** ISO 8601 in UTC; an export has each time in full. */
  private static String seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** What says that the records come from a gateway, selected by a request. */
  static List<List<String>> sourceOf(ExportRequest request) {
    ByteString message = request.getMessageId();
    return List.of(
        List.of("Period", period(request)),
        List.of("Subject", request.getSubject().isEmpty() ? "any" : request.getSubject()),
        List.of("Message", message.isEmpty() ? "any" : MessageText.hex(message)));
  }

  /** What says that the records come from a file. */
  static List<List<String>> sourceOf(ExportFile file) {
    return List.of(
        List.of("Export", file.name()),
        List.of("SHA-256 of the export", file.sha256()),
        List.of(
            "Selection",
            "all records of the export. The export does not say how it was selected; nothing proves"
                + " that no record is missing"));
  }

  private static String period(ExportRequest request) {
    String from = request.hasFrom() ? Timestamps.toString(request.getFrom()) : "the beginning";
    return "from " + from + " until " + Timestamps.toString(request.getTo());
  }

  /** The result of all checks in one sentence. */
  String verdict() {
    if (records.isEmpty()) {
      return "NO FACT WAS FOUND: the log has none for this selection, or it is named in other"
          + " words.";
    }
    long proven = records.stream().filter(CheckedRecord::isProven).count();
    return proven == records.size()
        ? "All facts are proven by the log."
        : "NOT ALL PROVEN: "
            + proven
            + " of "
            + records.size()
            + " facts are proven; the others say why not.";
  }

  // Facts --------------------------------------------------------------------------------------

  private static void section(HtmlPage page, String heading, List<List<String>> rows) {
    if (!rows.isEmpty()) {
      page.heading(2, heading);
      page.table(COLUMNS, rows);
    }
  }

  private List<List<String>> rows(LawCategory category) {
    return records.stream()
        .filter(one -> categoryOf(one) == category && !isDecision(one))
        .map(this::row)
        .toList();
  }

  private List<List<String>> decisions() {
    return records.stream().filter(AuditReportPage::isDecision).map(this::row).toList();
  }

  private static LawCategory categoryOf(CheckedRecord one) {
    return one.exported().record().map(AuditRecord::category).orElse(LawCategory.NONE);
  }

  private static boolean isDecision(CheckedRecord one) {
    return one.exported()
        .record()
        .filter(it -> DECISIONS.contains(it.type()) || !it.outcome().code().isEmpty())
        .isPresent();
  }

  private List<String> row(CheckedRecord one) {
    String leaf =
        "leaf "
            + one.exported().leaf().getIndex()
            + (logs.size() > 1 ? " of " + one.exported().leaf().getOrigin() : "")
            + (one.isProven() ? ", proven" : ", NOT PROVEN: " + one.fault());
    String messages =
        one.exported().messages().stream()
            .map(it -> MessageText.hex(it.getMessageId()))
            .collect(Collectors.joining(", "));
    return one.exported()
        .record()
        .map(
            record ->
                List.of(
                    seconds(record.at()),
                    AuditTypeText.of(record.type()),
                    messages,
                    names(record.subject().agencies()),
                    agreement(record),
                    person(record),
                    outcome(record),
                    leaf))
        .orElseGet(() -> List.of("", withoutRecord(one), messages, "", "", "", "", leaf));
  }

  /** Only the gateway says that a record is erased, and it can hide one that way. */
  private static String withoutRecord(CheckedRecord one) {
    return one.exported().leaf().getRecord().isEmpty()
        ? "The gateway shows no record: it is erased, or withheld"
        : "The record cannot be read: another release wrote it, or it is malformed";
  }

  private static String names(List<AgencyName> agencies) {
    return agencies.stream().map(AgencyName::value).collect(Collectors.joining(", "));
  }

  /** The legal basis is with the messages: no leaf proves it. */
  private static String agreement(AuditRecord record) {
    String agreement = record.basis().agreement();
    return agreement.isEmpty() ? "" : "agreement " + agreement;
  }

  private static String person(AuditRecord record) {
    List<String> words = new ArrayList<>();
    words.add(record.actor().agency().value());
    if (record.actor().client() != null) {
      words.add("client " + record.actor().client());
    }
    AuditPerson person = record.actor().onBehalfOf();
    if (person != null) {
      words.add("officer " + person.officer());
      words.add(person.unit().isEmpty() ? "" : "unit " + person.unit());
      words.add(person.justification() == null ? "" : "reason: " + person.justification());
    }
    return words.stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(", "));
  }

  private static String outcome(AuditRecord record) {
    String code = record.outcome().code();
    String detail = record.outcome().detail();
    return code.isEmpty() || detail.isEmpty() ? code + detail : code + ": " + detail;
  }

  // Messages -----------------------------------------------------------------------------------

  private void messages(HtmlPage page) {
    Map<String, Set<ExportedMessage>> all = new LinkedHashMap<>();
    for (CheckedRecord one : records) {
      for (ExportedMessage message : one.exported().messages()) {
        String id = MessageText.hex(message.getMessageId());
        all.computeIfAbsent(id, any -> new LinkedHashSet<>()).add(message);
      }
    }
    if (all.isEmpty()) {
      return;
    }
    page.heading(2, "Messages, their terms and their evidence");
    page.paragraph(
        "The gateway keeps these beside the log. The log does not prove them: a report that was"
            + " made from a file shows what the file says. If two facts state different things about"
            + " a message, it appears twice. Each piece of evidence that the gateway keeps was"
            + " signed by the agency that states it.");
    all.forEach((id, said) -> said.forEach(message -> message(page, id, message)));
  }

  private static void message(HtmlPage page, String id, ExportedMessage message) {
    page.heading(3, "Message " + id);
    page.facts(
        List.of(
            List.of("Content", EnumNames.word(message.getState())),
            List.of("Received", at(message.hasReceivedAt(), message.getReceivedAt())),
            List.of("Kept until", at(message.hasKeptUntil(), message.getKeptUntil())),
            List.of("Erased", erased(message))));
    table(
        page,
        List.of("Recipients", "Agreement", "Legal basis", "Category", "Purpose", "Terms", "Case"),
        message.getTermsList().stream().map(AuditReportPage::terms).toList());
    table(
        page,
        List.of("When", "Evidence", "Stated by", "About", "Details"),
        message.getEvidenceList().stream().map(AuditReportPage::evidence).toList());
  }

  private static void table(HtmlPage page, List<String> headings, List<List<String>> rows) {
    if (!rows.isEmpty()) {
      page.table(headings, rows);
    }
  }

  private static String at(boolean known, Timestamp at) {
    return known ? Timestamps.toString(at) : "-";
  }

  private static String erased(ExportedMessage message) {
    return message.hasErasedAt()
        ? Timestamps.toString(message.getErasedAt()) + ", " + message.getErasureCause()
        : "-";
  }

  private static List<String> terms(ExportedMessage.Terms terms) {
    return List.of(
        String.join(", ", terms.getRecipientsList()),
        terms.getAgreement(),
        terms.getLegalBasis(),
        EnumNames.word(terms.getCategory()),
        EnumNames.word(terms.getPurpose()),
        (terms.getPersonalData() ? "personal data; " : "")
            + "kept for "
            + CountText.of(terms.getRetentionDays(), "day"),
        terms.getCaseRef());
  }

  private static List<String> evidence(EvidenceItem item) {
    List<String> details = new ArrayList<>();
    details.add(item.getCode());
    details.add(item.getReason());
    details.add(item.getRetrievedBy().isEmpty() ? "" : "client " + item.getRetrievedBy());
    return List.of(
        Timestamps.toString(item.getAt()),
        EnumNames.word(item.getKind()),
        item.getAgency(),
        item.getRecipient(),
        details.stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(", ")));
  }

  // Verification -------------------------------------------------------------------------------

  private void verification(HtmlPage page) {
    page.heading(2, "Verification");
    page.paragraph(verdict());
    page.paragraph(
        "For each leaf this was checked: its commitment is in the tree of a checkpoint; the"
            + " agency's audit keys of the trust bundle, which the federation's roots signed,"
            + " signed that checkpoint with Ed25519 and ML-DSA-44; record and messages are those"
            + " that the commitment binds.");
    table(
        page,
        List.of("Log", "Leaves", "Root of the tree", "Signed at", "Cosigned by witnesses"),
        checkpoints.stream()
            .map(
                one ->
                    List.of(
                        one.log(),
                        Long.toString(one.leaves()),
                        one.root(),
                        seconds(one.at()),
                        one.witnesses().isEmpty() ? "none" : names(one.witnesses())))
            .toList());
  }
}
