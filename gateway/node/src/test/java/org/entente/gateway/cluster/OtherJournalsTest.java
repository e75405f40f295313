package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OtherJournalsTest {
  private static final ByteString ONE = ByteString.copyFromUtf8("one,");
  private static final ByteString TWO = ByteString.copyFromUtf8("two,");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final AtomicBoolean full = new AtomicBoolean(true);

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private void take(byte[] records) {
    taken.add(ByteString.copyFrom(records).toStringUtf8());
  }

  private void takeUnlessFull(byte[] unused) throws IOException {
    if (full.get()) {
      throw new IOException("its disk is full");
    }
  }

  /** Its disk would be filled by what another one, whose disk is full, cannot take. */
  @Test
  void machine_thatTookRecords_doesNotGetThemAgain_whileAnotherTakesNone() throws IOException {
    OtherJournals journals =
        new OtherJournals(
            () -> Map.of("n2", this::takeUnlessFull, "n3", this::take), threads, PATIENCE);
    for (int minute = 0; minute < 3; minute++) {
      IOException why = assertThrows(IOException.class, () -> journals.append(List.of(ONE)));
      assertEquals("node n2: its disk is full", why.getMessage());
    }
    assertThrows(IOException.class, () -> journals.append(List.of(ONE, TWO)));
    full.set(false);
    journals.append(List.of(ONE, TWO));
    assertEquals(List.of("one,", "two,"), taken);

    journals.append(List.of(ONE, TWO));
    assertEquals(List.of("one,", "two,", "one,two,"), taken, "all had them: nothing is remembered");
  }

  /** Callers wait for a silent machine one after the other, and others behind them. */
  @Test
  @Timeout(60)
  void machine_thatIsSilent_isWaitedForOnce_andHasWhatItTookLater() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    ErasureAppender silent =
        records -> {
          asked.incrementAndGet();
          try {
            answers.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          take(records);
        };
    OtherJournals journals =
        new OtherJournals(() -> Map.of("n2", silent), threads, Duration.ofMillis(50));
    for (int call = 0; call < 3; call++) {
      IOException why = assertThrows(IOException.class, () -> journals.append(List.of(ONE)));
      assertEquals("node n2 does not answer", why.getMessage());
    }
    assertEquals(1, asked.get(), "it still has the first call");
    answers.countDown();
    TestCluster.awaitTrue(() -> takes(journals));
    assertEquals(List.of("one,"), taken, "in the background");
  }

  /** Its failures are those of a machine that does not answer, until it takes what it is sent. */
  @Test
  @Timeout(60)
  void machine_thatFailsAfterLong_isNotWaitedForAgain() throws Exception {
    CountDownLatch fails = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    ErasureAppender silent =
        records -> {
          if (asked.incrementAndGet() == 1) {
            try {
              fails.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            throw new IOException("no answer within 30 s");
          }
          take(records);
        };
    OtherJournals journals =
        new OtherJournals(() -> Map.of("n2", silent), threads, Duration.ofMillis(50));
    assertThrows(IOException.class, () -> journals.append(List.of(ONE)));
    fails.countDown();
    TestCluster.awaitTrue(() -> takes(journals));
    assertEquals(List.of("one,"), taken);
    assertEquals(2, asked.get());
  }

  private static boolean takes(OtherJournals journals) {
    try {
      journals.append(List.of(ONE));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** As many as a leader begins, and a round more, in however many calls. */
  @Test
  void machine_thatTookAllThatALeaderBegins_getsNothingAgain() throws IOException {
    OtherJournals journals =
        new OtherJournals(
            () -> Map.of("n2", this::take, "n3", this::takeUnlessFull), threads, PATIENCE);
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < 10_300; i += 100) {
        List<ByteString> some =
            IntStream.range(i, i + 100)
                .mapToObj(one -> ByteString.copyFromUtf8(one + ","))
                .toList();
        assertThrows(IOException.class, () -> journals.append(some));
      }
    }
    assertEquals(103, taken.size());
  }

  /** One that hangs must not delay the others, and several no longer than one. */
  @Test
  @Timeout(60)
  void machines_areCalledAllAtOnce() throws IOException {
    CyclicBarrier all = new CyclicBarrier(2);
    ErasureAppender waitsForTheOther =
        records -> {
          try {
            var unused = all.await();
          } catch (InterruptedException | BrokenBarrierException e) {
            throw new IOException(e);
          }
          take(records);
        };
    new OtherJournals(
            () -> Map.of("n2", waitsForTheOther, "n3", waitsForTheOther), threads, PATIENCE)
        .append(List.of(ONE));
    assertEquals(List.of("one,", "one,"), taken);
  }
}
