package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TakenBack;
import org.junit.jupiter.api.Test;

/** What the originator is shown of each recipient. */
class RecipientTableTest {
  private static final Instant SENT = Instant.parse("2026-11-20T10:00:00Z");
  private static final Instant RECALLED = Instant.parse("2026-11-23T06:00:00Z");
  private static final Instant NOW = Instant.parse("2026-11-26T10:30:00Z");
  private static final TakenBack TAKEN_BACK =
      TakenBack.newBuilder()
          .setRecallId(ByteString.copyFrom(new byte[16]))
          .setAt(at(RECALLED))
          .build();

  private final List<EvidenceItem> items = new ArrayList<>();

  RecipientTableTest() {
    items.add(item(EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, "fr.customs", SENT).build());
  }

  private static Timestamp at(Instant instant) {
    return Timestamps.fromMillis(instant.toEpochMilli());
  }

  private static EvidenceItem.Builder item(EvidenceKind kind, String agency, Instant at) {
    return EvidenceItem.newBuilder().setKind(kind).setAgency(agency).setAt(at(at));
  }

  private static RecipientProgress.Builder recipient(String agency, Progress progress) {
    return RecipientProgress.newBuilder().setAgency(agency).setProgress(progress);
  }

  private List<String> table(TakenBack takenBack, RecipientProgress.Builder... recipients) {
    return new RecipientTable(items, takenBack, NOW)
        .lines(List.of(recipients).stream().map(RecipientProgress.Builder::build).toList());
  }

  private void delivered(String agency) {
    items.add(
        item(EvidenceKind.EVIDENCE_KIND_DELIVERY, agency, SENT.plusSeconds(1))
            .setRecipient(agency)
            .build());
  }

  private void retrieved(String agency, String client) {
    items.add(
        item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, agency, SENT.plusSeconds(60))
            .setRecipient(agency)
            .setRetrievedBy(client)
            .build());
  }

  private EvidenceItem.Builder erasure(String agency) {
    return item(EvidenceKind.EVIDENCE_KIND_ERASURE, agency, RECALLED.plusSeconds(3));
  }

  @Test
  void messageOnItsWay_isTold_recipientByRecipient_inAlignedColumns() {
    delivered("de.customs");
    retrieved("de.customs", "desk");
    assertEquals(
        List.of(
            "recipient          status     since                 opened by",
            "de.customs         RETRIEVED  2026-11-20T10:01:00Z  desk at 2026-11-20T10:01:00Z",
            "sg.border-control  ACCEPTED   2026-11-20T10:00:00Z  -                           "
                + "  not taken for 6 d 0 h"),
        table(
            TakenBack.getDefaultInstance(),
            recipient("de.customs", Progress.PROGRESS_RETRIEVED),
            recipient("sg.border-control", Progress.PROGRESS_ACCEPTED)));
  }

  @Test
  void refusalOnTheWay_isTold_untilThereIsProgress() {
    items.add(
        item(EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION, "de.customs", SENT.plusSeconds(1))
            .setRecipient("de.customs")
            .setCode("CANNOT_OPEN")
            .setReason("refused by de.customs")
            .build());
    delivered("de.customs");
    List<String> told =
        List.of(Progress.PROGRESS_ACCEPTED, Progress.PROGRESS_DELIVERED).stream()
            .map(stand -> table(TakenBack.getDefaultInstance(), recipient("de.customs", stand)))
            .map(lines -> lines.get(1).replaceFirst(".*Z  (- +)?", ""))
            .toList();
    assertEquals(List.of("not taken for 6 d 0 h; CANNOT_OPEN: refused by de.customs", "-"), told);
  }

  @Test
  void recall_isTold_whoDestroyedItWhen_whoHadOpenedIt_andWhoWasAwayForHowLong() {
    delivered("de.customs");
    delivered("us.cbp");
    items.add(
        erasure("de.customs")
            .setRetrievedBy("desk")
            .setRetrievedAt(at(SENT.plusSeconds(60)))
            .build());
    items.add(erasure("us.cbp").build());
    assertEquals(
        List.of(
            "recipient   status    since                 opened before by              recall",
            "de.customs  ERASED    2026-11-23T06:00:03Z  desk at 2026-11-20T10:01:00Z  executed"
                + " 2026-11-23T06:00:03Z",
            "us.cbp      ERASED    2026-11-23T06:00:03Z  nobody                        executed"
                + " 2026-11-23T06:00:03Z",
            "sg.police   ACCEPTED  2026-11-20T10:00:00Z  -                            "
                + " unreachable, not taken since 2026-11-23T06:00:00Z (3 d 4 h)  not taken for 6 d"
                + " 0 h"),
        table(
            TAKEN_BACK,
            recipient("de.customs", Progress.PROGRESS_ERASED),
            recipient("us.cbp", Progress.PROGRESS_ERASED),
            recipient("sg.police", Progress.PROGRESS_ACCEPTED)
                .setRecall(Progress.PROGRESS_ACCEPTED)));
  }

  @Test
  void recall_namesAllClientsThatHadOpenedIt_whetherItsFirstRetrievalIsKnownOrNot() {
    retrieved("de.customs", "desk");
    for (String agency : List.of("de.customs", "us.cbp")) {
      items.add(
          erasure(agency)
              .setRetrievedBy("desk")
              .setRetrievedAt(at(SENT.plusSeconds(60)))
              .addAlsoRetrievedBy("analysts")
              .addAlsoRetrievedBy("watch-room\u001b[2J")
              .build());
    }
    List<String> lines =
        table(
            TAKEN_BACK,
            recipient("de.customs", Progress.PROGRESS_ERASED),
            recipient("us.cbp", Progress.PROGRESS_ERASED));
    for (String line : lines.subList(1, 3)) {
      assertTrue(line.contains("desk at 2026-11-20T10:01:00Z, then analysts, watch-room"), line);
      assertTrue(line.chars().noneMatch(Character::isISOControl), line);
    }
  }

  @Test
  void recallThatWasNotExecuted_saysWhatStandsAgainstIt() {
    items.add(
        erasure("de.customs")
            .setCode("ON_LEGAL_HOLD")
            .setReason("a legal hold keeps the message; no client gets it")
            .build());
    List<String> lines =
        table(
            TAKEN_BACK,
            recipient("de.customs", Progress.PROGRESS_DELIVERED),
            recipient("ch.customs", Progress.PROGRESS_RELAYED).setRecall(Progress.PROGRESS_RELAYED),
            recipient("it.customs", Progress.PROGRESS_DELIVERED)
                .setRecall(Progress.PROGRESS_RETRIEVED),
            recipient("us.cbp", Progress.PROGRESS_NOT_DELIVERED)
                .setRecall(Progress.PROGRESS_NOT_DELIVERED),
            recipient("x.former", Progress.PROGRESS_DELIVERED));
    assertTrue(
        lines.get(1).contains("ON_LEGAL_HOLD: a legal hold keeps the message"), lines.get(1));
    assertTrue(lines.get(2).contains("unreachable, not taken since 2026-11-23"), lines.get(2));
    assertTrue(lines.get(3).endsWith("taken, not answered yet (3 d 4 h)"), lines.get(3));
    assertTrue(lines.get(4).endsWith("not delivered, not answered"), lines.get(4));
    assertTrue(lines.get(5).endsWith("not sent"), lines.get(5));
  }

  @Test
  void erasureThatIsAttested_isNotToldAsIfEachMachineHadConfirmed() {
    items.add(erasure("de.customs").setAttestedMachines(2).build());
    String line = table(TAKEN_BACK, recipient("de.customs", Progress.PROGRESS_ERASED)).get(1);
    assertTrue(line.endsWith("03Z, attested for 2 former machine(s)"), line);
  }

  @Test
  void holdThatEnded_countsAsExecuted_whateverWasAnsweredBefore() {
    items.add(erasure("de.customs").setCode("ON_LEGAL_HOLD").setReason("kept").build());
    items.add(erasure("de.customs").setAt(at(NOW)).build());
    String line = table(TAKEN_BACK, recipient("de.customs", Progress.PROGRESS_ERASED)).get(1);
    assertTrue(line.endsWith("executed 2026-11-26T10:30:00Z"), line);
  }

  @Test
  void refusedOverdueAndContradicting_areNoted() {
    items.add(
        item(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, "de.customs", SENT)
            .setRecipient("de.customs")
            .setCode("INGRESS_REFUSED")
            .setReason("category")
            .build());
    List<String> lines =
        table(
            TakenBack.getDefaultInstance(),
            recipient("de.customs", Progress.PROGRESS_NOT_DELIVERED).setContradicted(true),
            recipient("us.cbp", Progress.PROGRESS_DELIVERED)
                .setOverdue(true)
                .setOpenBy(at(RECALLED)));
    assertTrue(
        lines.get(1).endsWith("INGRESS_REFUSED: category; its statements contradict each other"),
        lines.get(1));
    assertTrue(lines.get(2).endsWith("not opened by 2026-11-23T06:00:00Z"), lines.get(2));
  }

  @Test
  void textOfPeers_doesNotSteerTheTerminal_norBreakTheRows() {
    retrieved("de.customs", "desk\u001b[2J\nsg.police  ERASED");
    List<String> lines =
        table(TakenBack.getDefaultInstance(), recipient("de.customs", Progress.PROGRESS_RETRIEVED));
    assertEquals(2, lines.size());
    assertTrue(lines.get(1).contains("desk?[2J?sg.police  ERASED at "), lines.get(1));
    assertFalse(lines.get(1).contains("\u001b"));
  }

  /** A recipient's word about another recipient moves only its own row. */
  @Test
  void wordOfOneRecipient_isNotTakenForAnother() {
    items.add(erasure("us.cbp").setRecipient("de.customs").build());
    String line =
        table(
                TAKEN_BACK,
                recipient("de.customs", Progress.PROGRESS_ACCEPTED)
                    .setRecall(Progress.PROGRESS_ACCEPTED))
            .get(1);
    assertTrue(line.contains("unreachable, not taken since"), line);
  }

  @Test
  void nobody_isNoTable() {
    assertEquals(List.of(), table(TAKEN_BACK));
  }
}
