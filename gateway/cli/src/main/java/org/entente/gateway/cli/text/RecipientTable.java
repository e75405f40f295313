package org.entente.gateway.cli.text;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TakenBack;

/**
 * Table of a message's status at each recipient, one row each, in columns of fitting width. For a
 * recalled message it shows each recipient's response, who had opened the message before, and who
 * was unreachable and for how long. Pure; text of others has no control characters.
 */
public final class RecipientTable {
  private static final List<String> HEAD = List.of("recipient", "status", "since");
  private static final String UNKNOWN = "-";

  private final List<EvidenceItem> items;
  private final TakenBack takenBack;
  private final Instant now;

  /**
   * A table of the evidence.
   *
   * @param items all evidence of the message
   * @param takenBack the default instance if the message was not recalled
   * @param now end of the periods shown
   */
  public RecipientTable(List<EvidenceItem> items, TakenBack takenBack, Instant now) {
    this.items = items;
    this.takenBack = takenBack;
    this.now = now;
  }

  /** The lines, the heading first; none if there are no recipients. */
  public List<String> lines(List<RecipientProgress> recipients) {
    List<String> head = new ArrayList<>(HEAD);
    head.add(isTakenBack() ? "opened before by" : "opened by");
    if (isTakenBack()) {
      head.add("recall");
    }
    head.add("");
    return TextTable.lines(head, recipients.stream().map(this::row).toList());
  }

  private boolean isTakenBack() {
    return !takenBack.getRecallId().isEmpty();
  }

  private List<String> row(RecipientProgress recipient) {
    List<String> row = new ArrayList<>();
    row.add(TerminalText.printable(recipient.getAgency()));
    row.add(EnumNames.word(recipient.getProgress()));
    row.add(since(recipient).map(Timestamps::toString).orElse(UNKNOWN));
    row.add(openedBy(recipient));
    if (isTakenBack()) {
      row.add(recall(recipient));
    }
    row.add(note(recipient));
    return row;
  }

  // When ---------------------------------------------------------------------------------------

  /** The time of the recipient's status. */
  private Optional<Timestamp> since(RecipientProgress recipient) {
    return decisive(recipient).map(EvidenceItem::getAt);
  }

  private Optional<EvidenceItem> decisive(RecipientProgress recipient) {
    String agency = recipient.getAgency();
    return switch (recipient.getProgress()) {
      case PROGRESS_ACCEPTED -> last(EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, any -> true);
      case PROGRESS_RELAYED ->
          last(EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, item -> isAbout(item, agency));
      case PROGRESS_DELIVERED -> first(EvidenceKind.EVIDENCE_KIND_DELIVERY, agency);
      case PROGRESS_RETRIEVED -> first(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, agency);
      case PROGRESS_NOT_DELIVERED ->
          last(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, item -> isAbout(item, agency));
      case PROGRESS_NOT_RETRIEVED -> first(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, agency);
      case PROGRESS_ERASED -> erased(agency);
      default -> Optional.empty();
    };
  }

  private static boolean isAbout(EvidenceItem item, String agency) {
    return item.getRecipient().equals(agency);
  }

  private Optional<EvidenceItem> first(EvidenceKind kind, String by) {
    return some(kind, item -> item.getAgency().equals(by)).findFirst();
  }

  private Optional<EvidenceItem> last(EvidenceKind kind, Predicate<EvidenceItem> which) {
    return some(kind, which).reduce((before, after) -> after);
  }

  private Stream<EvidenceItem> some(EvidenceKind kind, Predicate<EvidenceItem> which) {
    return items.stream().filter(item -> item.getKind() == kind && which.test(item));
  }

  private Optional<EvidenceItem> erased(String agency) {
    return some(
            EvidenceKind.EVIDENCE_KIND_ERASURE,
            item -> item.getAgency().equals(agency) && item.getCode().isEmpty())
        .findFirst();
  }

  // Who ----------------------------------------------------------------------------------------

  /** Who opened the message, as the recipient's gateway states it. */
  private String openedBy(RecipientProgress recipient) {
    String agency = recipient.getAgency();
    Optional<EvidenceItem> retrieval = first(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, agency);
    List<EvidenceItem> answers =
        some(EvidenceKind.EVIDENCE_KIND_ERASURE, item -> item.getAgency().equals(agency)).toList();
    if (retrieval.isPresent()) {
      return opened(retrieval.get().getRetrievedBy(), retrieval.get().getAt()) + also(answers);
    }
    return answers.stream()
        .filter(EvidenceItem::hasRetrievedAt)
        .findFirst()
        .map(answer -> opened(answer.getRetrievedBy(), answer.getRetrievedAt()) + also(answers))
        .orElseGet(() -> answers.isEmpty() ? UNKNOWN : unnamed(answers));
  }

  private static String unnamed(List<EvidenceItem> answers) {
    String others = also(answers);
    return others.isEmpty() ? "nobody" : "first client unknown" + others;
  }

  /** Further clients that the recipient named in its answer to the recall. */
  private static String also(List<EvidenceItem> answers) {
    String names =
        answers.stream()
            .flatMap(answer -> answer.getAlsoRetrievedByList().stream())
            .distinct()
            .collect(Collectors.joining(", "));
    int more = answers.stream().mapToInt(EvidenceItem::getAlsoRetrievedMore).max().orElse(0);
    return (names.isEmpty() ? "" : ", then " + TerminalText.printable(names))
        + (more == 0 ? "" : ", and " + more + " more that are not named");
  }

  private static String opened(String client, Timestamp at) {
    return (client.isEmpty() ? "a client" : TerminalText.printable(client))
        + " at "
        + Timestamps.toString(at);
  }

  /** Why it is not delivered, or who did not take it yet. */
  private Optional<EvidenceItem> refusal(RecipientProgress recipient) {
    return switch (recipient.getProgress()) {
      case PROGRESS_ACCEPTED ->
          last(
              EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION,
              item -> isAbout(item, recipient.getAgency()));
      case PROGRESS_NOT_DELIVERED -> decisive(recipient);
      default -> Optional.empty();
    };
  }

  // The recall ---------------------------------------------------------------------------------

  private String recall(RecipientProgress recipient) {
    String agency = recipient.getAgency();
    Optional<EvidenceItem> executed = erased(agency);
    if (executed.isPresent()) {
      int attested = executed.get().getAttestedMachines();
      return "executed "
          + Timestamps.toString(executed.get().getAt())
          + (attested == 0 ? "" : ", attested for %d former machine(s)".formatted(attested));
    }
    Optional<EvidenceItem> answer =
        last(EvidenceKind.EVIDENCE_KIND_ERASURE, item -> item.getAgency().equals(agency));
    if (answer.isPresent()) {
      return TerminalText.printable(answer.get().getCode() + ": " + answer.get().getReason());
    }
    return switch (recipient.getRecall()) {
      case PROGRESS_ACCEPTED, PROGRESS_RELAYED ->
          "unreachable, not taken since " + Timestamps.toString(takenBack.getAt()) + waited();
      case PROGRESS_DELIVERED, PROGRESS_RETRIEVED -> "taken, not answered yet" + waited();
      case PROGRESS_NOT_DELIVERED -> "not delivered, not answered";
      case PROGRESS_UNSPECIFIED -> "not sent";
      default -> EnumNames.word(recipient.getRecall());
    };
  }

  private String waited() {
    return " (" + span(takenBack.getAt()) + ")";
  }

  /** Time since a timestamp, in its two greatest units. */
  private String span(Timestamp from) {
    Duration waited =
        Duration.between(Instant.ofEpochSecond(from.getSeconds(), from.getNanos()), now);
    if (waited.isNegative()) {
      return "0 min";
    }
    if (waited.toDays() > 0) {
      return waited.toDays() + " d " + waited.toHoursPart() + " h";
    }
    return waited.toHours() > 0
        ? waited.toHours() + " h " + waited.toMinutesPart() + " min"
        : waited.toMinutes() + " min";
  }

  // What else ----------------------------------------------------------------------------------

  private String note(RecipientProgress recipient) {
    List<String> notes = new ArrayList<>();
    boolean onItsWay =
        recipient.getProgress() == Progress.PROGRESS_ACCEPTED
            || recipient.getProgress() == Progress.PROGRESS_RELAYED;
    if (onItsWay) {
      since(recipient).ifPresent(at -> notes.add("not taken for " + span(at)));
    }
    refusal(recipient)
        .filter(item -> !item.getCode().isEmpty())
        .ifPresent(
            item -> notes.add(TerminalText.printable(item.getCode() + ": " + item.getReason())));
    if (recipient.getOverdue()) {
      notes.add("not opened by " + Timestamps.toString(recipient.getOpenBy()));
    }
    if (recipient.getContradicted()) {
      notes.add("its statements contradict each other");
    }
    return String.join("; ", notes);
  }
}
