package org.entente.gateway.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasureJournalTest {
  private static final int PAGE = 100;

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("erasures");
  }

  private static ErasureRecord erasure(int number, long bucketDay) {
    return ErasureRecord.newBuilder()
        .setMessageId(ByteString.copyFrom(new byte[] {(byte) number}))
        .setOrigin("fr.customs")
        .setBucketDay(bucketDay)
        .setCause(ErasureCause.ERASURE_CAUSE_PERSON)
        .build();
  }

  private static List<ErasureRecord> records(ErasureJournal journal) throws IOException {
    List<ErasureRecord> records = new ArrayList<>();
    journal.atOpening(
        PAGE,
        page -> {
          assertTrue(page.size() <= PAGE, "" + page.size());
          records.addAll(page);
        });
    return records;
  }

  private List<ErasureRecord> opened(long today) throws IOException {
    try (ErasureJournal journal = ErasureJournal.open(file(), today)) {
      return records(journal);
    }
  }

  @Test
  void appended_isThereAfterOpeningAgain() throws Exception {
    try (ErasureJournal journal = ErasureJournal.open(file(), 10)) {
      journal.append(List.of(erasure(1, 20)));
      journal.append(List.of(erasure(2, 10)));
    }
    assertEquals(List.of(erasure(1, 20), erasure(2, 10)), opened(10));
    assertEquals("rw-------", permissions());
  }

  private String permissions() throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file()));
  }

  @Test
  void bucketThatHasEnded_isDropped() throws Exception {
    try (ErasureJournal journal = ErasureJournal.open(file(), 10)) {
      journal.append(List.of(erasure(1, 20)));
      journal.append(List.of(erasure(2, 10)));
    }
    assertEquals(List.of(erasure(1, 20)), opened(11));
    assertEquals(List.of(erasure(1, 20)), opened(10), "dropped for good");
  }

  /** Whatever the clock of a machine says that follows. */
  @Test
  void bucketThatEndedBeforeTheNewestErasure_isDropped() throws Exception {
    ErasureRecord newest =
        erasure(3, 20).toBuilder().setAtMs(Duration.ofDays(11).toMillis() + 1).build();
    try (ErasureJournal journal =
        ErasureJournal.open(file(), Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      journal.append(List.of(erasure(1, 10), newest, erasure(2, 11)));
    }
    try (ErasureJournal journal =
        ErasureJournal.open(file(), Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      assertEquals(List.of(newest, erasure(2, 11)), records(journal));
    }
  }

  /** The twenty-second look: the leader's clock was far ahead once, and all of them believed it. */
  @Test
  void bucketThatHasNotEnded_byTheMachinesOwnClock_isKept_whateverTheNewestErasureSays()
      throws Exception {
    ErasureRecord ahead =
        erasure(1, 40).toBuilder().setAtMs(Duration.ofDays(400).toMillis()).build();
    try (ErasureJournal journal = ErasureJournal.open(file(), 10, ErasureJournal.Others.NONE)) {
      journal.append(List.of(erasure(2, 10), erasure(3, 9), ahead));
    }
    try (ErasureJournal journal = ErasureJournal.open(file(), 10, ErasureJournal.Others.NONE)) {
      assertEquals(List.of(erasure(2, 10), ahead), records(journal));
    }
  }

  @Test
  void recordsOfAnotherMachine_thatAreNone_areRefused() throws Exception {
    try (ErasureJournal journal =
        ErasureJournal.open(file(), Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      assertThrows(IOException.class, () -> journal.append(new byte[] {5, 1}));
      ErasureRecord large = erasure(1, 20).toBuilder().setOrigin("x".repeat(5_000)).build();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      large.writeDelimitedTo(bytes);
      assertThrows(IOException.class, () -> journal.append(bytes.toByteArray()));
    }
    assertEquals(List.of(), opened(0));
  }

  @Test
  void journalOfANewMachine_getsAllThatIsDurable() throws Exception {
    List<ErasureRecord> many = new ArrayList<>();
    for (int number = 0; number < 2_500; number++) {
      many.add(erasure(number, 20));
    }
    try (ErasureJournal first = ErasureJournal.open(file(), 10)) {
      first.append(many);
    }
    Path next = folder.resolve("next");
    try (ErasureJournal journal =
            ErasureJournal.open(file(), Long.MAX_VALUE, ErasureJournal.Others.NONE);
        ErasureJournal other =
            ErasureJournal.open(next, Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      journal.append(List.of(erasure(3, 30)));
      many.add(erasure(3, 30));
      journal.sendTo(records -> other.append(ByteString.copyFrom(records).toByteArray()));
      assertThrows(
          IOException.class,
          () ->
              journal.sendTo(
                  records -> {
                    throw new IOException("full");
                  }));
    }
    try (ErasureJournal other =
        ErasureJournal.open(next, Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      assertEquals(many, records(other));
    }
  }

  /** A storm leaves many records, most of which have ended at the next start. */
  @Test
  void manyRecords_areReadAndWrittenPieceByPiece_inTheirOrder() throws Exception {
    List<ErasureRecord> all = new ArrayList<>();
    for (int number = 0; number < 5_500; number++) {
      all.add(erasure(number, number % 2 == 0 ? 10 : 20));
    }
    try (ErasureJournal journal = ErasureJournal.open(file(), 10)) {
      journal.append(all);
    }
    assertEquals(all, opened(10));
    List<ErasureRecord> living = all.stream().filter(one -> one.getBucketDay() == 20).toList();
    assertEquals(living, opened(11));
    try (ErasureJournal journal = ErasureJournal.open(file(), 11)) {
      journal.append(List.of(erasure(1, 20)));
      assertEquals(living, records(journal), "and not what was added since");
    }
  }

  @Test
  void zerosBeforeAnotherRecord_areDamage() throws Exception {
    try (ErasureJournal journal = ErasureJournal.open(file(), 0)) {
      journal.append(List.of(erasure(1, 1)));
    }
    byte[] whole = Files.readAllBytes(file());
    byte[] bytes = Arrays.copyOf(whole, whole.length + 5_000);
    bytes[bytes.length - 1] = 1;
    Files.write(file(), bytes);
    assertThrows(IOException.class, () -> opened(0));
  }

  @Test
  void lastRecordNotWhole_isCutOff() throws Exception {
    long whole;
    try (ErasureJournal journal = ErasureJournal.open(file(), 0)) {
      journal.append(List.of(erasure(1, 1)));
      whole = Files.size(file());
      journal.append(List.of(erasure(2, 1)));
    }
    byte[] bytes = Files.readAllBytes(file());
    for (long cut = whole + 1; cut < bytes.length; cut++) {
      Files.write(file(), Arrays.copyOf(bytes, (int) cut));
      assertEquals(List.of(erasure(1, 1)), opened(0), "cut at " + cut);
      assertEquals(whole, Files.size(file()), "and what follows is appended to what is whole");
    }
  }

  /** As when a node stops while its journal is written; the journal outlasts it in a cluster. */
  @Test
  void append_thatIsInterrupted_failsAlone() throws Exception {
    try (ErasureJournal journal = ErasureJournal.open(file(), 0)) {
      journal.append(List.of(erasure(1, 1)));
      Thread.currentThread().interrupt();
      assertThrows(IOException.class, () -> journal.append(List.of(erasure(2, 1))));
      assertTrue(Thread.interrupted());
      Files.write(file(), new byte[] {0, 0, 0, 9}, StandardOpenOption.APPEND);

      journal.append(List.of(erasure(3, 1)));
    }
    assertEquals(List.of(erasure(1, 1), erasure(3, 1)), opened(0), "and no part of the second");
  }

  @Test
  void append_onceClosed_isRefused() throws Exception {
    ErasureJournal journal = ErasureJournal.open(file(), 0);
    journal.close();
    assertThrows(IOException.class, () -> journal.append(List.of(erasure(1, 1))));
  }

  @Test
  void zerosBehindTheLastRecord_areCutOff() throws Exception {
    try (ErasureJournal journal = ErasureJournal.open(file(), 0)) {
      journal.append(List.of(erasure(1, 1)));
    }
    byte[] bytes = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(bytes, bytes.length + 100));
    assertEquals(List.of(erasure(1, 1)), opened(0));
  }

  @Test
  void bitFlipped_isRefused() throws Exception {
    try (ErasureJournal journal = ErasureJournal.open(file(), 0)) {
      journal.append(List.of(erasure(1, 1)));
      journal.append(List.of(erasure(2, 1)));
    }
    byte[] bytes = Files.readAllBytes(file());
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file(), flipped);
      IOException refused =
          assertThrows(IOException.class, () -> ErasureJournal.open(file(), 0), "bit " + bit);
      assertTrue(String.valueOf(refused.getMessage()).contains("is damaged at byte"));
    }
  }
}
