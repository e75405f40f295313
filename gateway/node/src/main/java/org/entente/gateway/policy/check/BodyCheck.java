package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Recall;

/** Checks a body's fields against the comments in message.proto. */
public final class BodyCheck {
  /** Most further clients that retrieved a message, in the answer to its recall. */
  public static final int MAX_CLIENTS = 32;

  /** Longest note of an assignment in characters. */
  public static final int MAX_CHARGE_NOTE = 500;

  public static final int MAX_EVIDENCE_ITEMS = 4_096;

  private final ValidationErrors findings;
  private final SubjectCheck subjects;
  private final RequestCheck requests;

  BodyCheck(ValidationErrors findings) {
    this.findings = findings;
    this.subjects = new SubjectCheck(findings);
    this.requests = new RequestCheck(findings, subjects);
  }

  void body(Body body) {
    findings.known("body", body);
    new ConsentCheck(findings).carried("body.passed_on_under", body.getPassedOnUnderList());
    switch (body.getContentCase()) {
      case ALERT -> alert(body.getAlert());
      case INTELLIGENCE -> intelligence(body.getIntelligence());
      case DOCUMENT -> document(body.getDocument());
      case EVIDENCE -> evidence(body.getEvidence());
      case RECALL -> recall(body.getRecall());
      case FEEDBACK -> new FeedbackCheck(findings, subjects).feedback(body.getFeedback());
      case REQUEST -> requests.request(body.getRequest());
      case ANSWER -> requests.answer(body.getAnswer());
      case RESPONDERS -> new ResponderCheck(findings).list(body.getResponders());
      case ROSTER -> new OperationCheck(findings).roster(body.getRoster());
      case OPERATION_UPDATE -> new OperationCheck(findings).update(body.getOperationUpdate());
      case CONSENT -> new ConsentCheck(findings).notice("body.consent", body.getConsent());
      case CHARGE -> charge(body.getCharge());
      case CONTENT_NOT_SET ->
          findings.invalid(
              "body",
              "is required: an alert, intelligence, a document, a request, an answer or feedback");
    }
  }

  private void alert(Alert alert) {
    findings.known("body.alert", alert);
    List<AlertText> texts = alert.getTextsList();
    findings.check(!texts.isEmpty(), "body.alert.texts", "must have at least one entry");
    if (findings.count("body.alert.texts", texts.size(), 16)) {
      for (int i = 0; i < texts.size(); i++) {
        alertText("body.alert.texts[" + i + "]", texts.get(i));
      }
    }
    subjects.all("body.alert.subjects", alert.getSubjectsList());
    new AreaCheck(findings).all("body.alert.areas", alert.getAreasList());
    if (alert.hasOnsetAt()) {
      findings.time("body.alert.onset_at", alert.getOnsetAt());
    }
    if (findings.count("body.alert.extra", alert.getExtraCount(), 64)) {
      for (Map.Entry<String, String> entry : alert.getExtraMap().entrySet()) {
        findings.requiredLine("body.alert.extra", entry.getKey(), 100);
        findings.text("body.alert.extra", entry.getValue(), 20_000);
      }
    }
  }

  private void alertText(String field, AlertText text) {
    findings.known(field, text);
    findings.requiredCoded(field + ".language", text.getLanguage(), CodedText.LANGUAGE);
    findings.requiredLine(field + ".headline", text.getHeadline(), 200);
    findings.text(field + ".description", text.getDescription(), 20_000);
    findings.text(field + ".instruction", text.getInstruction(), 10_000);
    findings.line(field + ".event", text.getEvent(), 200);
    findings.line(field + ".sender_name", text.getSenderName(), 200);
    web(field + ".web", text.getWeb());
  }

  private void web(String field, String address) {
    findings.line(field, address, 1_000);
    boolean absolute = address.startsWith("https://") || address.startsWith("http://");
    int host = address.indexOf("//") + 2;
    boolean valid =
        address.isEmpty()
            || (absolute && address.length() > host && address.chars().noneMatch(c -> c == ' '));
    findings.check(valid, field, "must be an absolute http or https address without spaces");
  }

  private void intelligence(Intelligence intelligence) {
    findings.known("body.intelligence", intelligence);
    findings.requiredLine("body.intelligence.headline", intelligence.getHeadline(), 200);
    findings.text("body.intelligence.text", intelligence.getText(), 100_000);
    findings.requiredCoded(
        "body.intelligence.language", intelligence.getLanguage(), CodedText.LANGUAGE);
    subjects.all("body.intelligence.subjects", intelligence.getSubjectsList());
  }

  private void document(Document document) {
    findings.known("body.document", document);
    findings.requiredCoded(
        "body.document.media_type", document.getMediaType(), CodedText.MEDIA_TYPE);
    findings.line("body.document.name", document.getName(), 200);
  }

  private void evidence(EvidenceBatch batch) {
    String field = "body.evidence.items";
    List<EvidenceItem> items = batch.getItemsList();
    findings.check(!items.isEmpty(), field, "must have at least one entry");
    int messages = items.stream().mapToInt(EvidenceMessages::count).sum();
    if (!findings.count(field, messages, MAX_EVIDENCE_ITEMS)) {
      return;
    }
    for (int i = 0; i < items.size() && !findings.full(); i++) {
      new BodyCheck(findings.entry(field, i)).evidenceItem(items.get(i));
    }
  }

  private void recall(Recall recall) {
    findings.known("body.recall", recall);
    findings.check(
        recall.getMessageId().size() == 16, "body.recall.message_id", "must have 16 bytes");
    findings.requiredLine("body.recall.reason", recall.getReason(), 500);
    findings.check(recall.hasAt(), "body.recall.at", "is required");
    findings.time("body.recall.at", recall.getAt());
  }

  private void passedOn(String field, ByteString id, EvidenceKind kind) {
    int size = kind == EvidenceKind.EVIDENCE_KIND_PASSED_ON ? MessageId.SIZE : 0;
    findings.check(
        id.size() == size, field, "must have 16 bytes with PASSED_ON and otherwise be empty");
  }

  private void consent(String field, ByteString id, EvidenceKind kind) {
    findings.check(
        id.isEmpty()
            || (id.size() == MessageId.SIZE && kind == EvidenceKind.EVIDENCE_KIND_PASSED_ON),
        field,
        "must have 16 bytes or be empty with PASSED_ON, and otherwise be empty");
  }

  private void charge(Charge charge) {
    findings.known("body.charge", charge);
    findings.check(
        charge.getMessageId().size() == 16, "body.charge.message_id", "must have 16 bytes");
    findings.required("body.charge.step", charge.getStep());
    findings.check(!charge.getOfficer().isEmpty(), "body.charge.officer", "is required");
    findings.reference("body.charge.officer", charge.getOfficer(), 80);
    findings.line("body.charge.unit", charge.getUnit(), 80);
    findings.check(charge.hasAt(), "body.charge.at", "is required");
    findings.time("body.charge.at", charge.getAt());
    findings.line("body.charge.note", charge.getNote(), MAX_CHARGE_NOTE);
  }

  private void alsoRetrieved(String field, EvidenceItem item) {
    int most = item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE ? MAX_CLIENTS : 0;
    if (findings.count(field, item.getAlsoRetrievedByCount(), most)) {
      item.getAlsoRetrievedByList().forEach(client -> findings.line(field, client, 64));
    }
    countInAnswer("also_retrieved_more", item, item.getAlsoRetrievedMore());
    countInAnswer("attested_machines", item, item.getAttestedMachines());
  }

  private void countInAnswer(String field, EvidenceItem item, int count) {
    findings.check(
        count == 0 || (item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE && count > 0),
        field,
        "is allowed only in the answer to a recall and must be below 2^31");
  }

  private void evidenceItem(EvidenceItem item) {
    findings.check(item.getMessageId().size() == 16, "message_id", "must have 16 bytes");
    findings.check(
        EvidenceMessages.isValid(item),
        "further_message_ids",
        "must have 16 bytes for each of at most 63 messages, and be empty with most kinds");
    findings.required("kind", item.getKind());
    findings.requiredLine("agency", item.getAgency(), 35);
    findings.line("recipient", item.getRecipient(), 35);
    findings.check(item.hasAt(), "at", "is required");
    findings.time("at", item.getAt());
    findings.line("code", item.getCode(), 64);
    findings.line("reason", item.getReason(), 500);
    int hash = item.getHeaderHash().size();
    findings.check(hash == 0 || hash == 32, "header_hash", "must have 32 bytes or be empty");
    findings.line("retrieved_by", item.getRetrievedBy(), 64);
    findings.time("retrieved_at", item.getRetrievedAt());
    alsoRetrieved("also_retrieved_by", item);
    if (findings.count("passed_on_to", item.getPassedOnToCount(), AddressingCheck.MAX_AGENCIES)) {
      item.getPassedOnToList().forEach(agency -> findings.agency("passed_on_to", agency));
    }
    passedOn("passed_on_as", item.getPassedOnAs(), item.getKind());
    consent("consent_id", item.getConsentId(), item.getKind());
    findings.check(!item.getTimeOut(), "time_out", "is set only by the origin's gateway");
  }
}
