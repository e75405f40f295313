package org.entente.gateway.receive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.jspecify.annotations.Nullable;

/**
 * The header hashes of the latest numbers received from other agencies, for statements to them: an
 * origin releases a message only if its recipient names its header. Losing an entry or a statement
 * does no harm: the origin repeats a message that no statement names, and the next statement names
 * the duplicate.
 *
 * <p>In memory only, and bounded: {@value #REMEMBERED} numbers of each origin, lane and epoch,
 * {@value #LINES} lanes and epochs of an origin, {@value #SLOTS} numbers of all origins. The origin
 * used least recently is forgotten first. Safe for many threads.
 */
public final class ReceivedHeaders {
  /** Numbers remembered of one origin, lane and epoch. */
  static final int REMEMBERED = 1_024;

  /** Lanes and epochs remembered of one origin. */
  static final int LINES = 8;

  /** Numbers remembered in all, about 10 MiB. */
  static final int SLOTS = 1 << 18;

  /** Numbers of one origin that wait for a statement. */
  static final int PENDING = 1 << 14;

  private final Map<AgencyName, OriginMemory> origins = new LinkedHashMap<>(16, 0.75f, true);
  private int slots;

  private record Line(Lane lane, long epoch) {}

  private static final class OriginMemory {
    private final Map<Line, RecentHashes> lines = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<OriginNumber, NumberedHeader> pending = new LinkedHashMap<>();

    int slots() {
      return lines.values().stream().mapToInt(RecentHashes::slots).sum();
    }
  }

  /** Records that a number was counted: the next statement names it. */
  synchronized void counted(AgencyName origin, OriginNumber number, byte[] headerHash) {
    OriginMemory memory = origins.computeIfAbsent(origin, name -> new OriginMemory());
    int before = memory.slots();
    Line line = new Line(number.lane(), number.epoch());
    memory.lines.computeIfAbsent(line, unused -> new RecentHashes()).put(number, headerHash);
    if (memory.lines.size() > LINES) {
      removeEldest(memory.lines);
    }
    slots += memory.slots() - before;
    state(memory, new NumberedHeader(number, headerHash));
    while (slots > SLOTS && origins.size() > 1) {
      slots -= removeEldest(origins).slots();
    }
  }

  private static <K, V> V removeEldest(Map<K, V> map) {
    Iterator<V> eldest = map.values().iterator();
    V value = eldest.next();
    eldest.remove();
    return value;
  }

  /**
   * Records that a number was offered that was counted before: the next statement names it.
   *
   * @param here the hash of the envelope offered, if the ledger shows that its messages are here,
   *     or were
   */
  synchronized void offeredAgain(AgencyName origin, OriginNumber number, Optional<byte[]> here) {
    OriginMemory memory = origins.computeIfAbsent(origin, name -> new OriginMemory());
    if (memory.pending.containsKey(number)) {
      return;
    }
    byte[] remembered = remembered(memory, number);
    NumberedHeader held =
        remembered != null
            ? new NumberedHeader(number, remembered)
            : here.map(hash -> new NumberedHeader(number, hash))
                .orElseGet(() -> NumberedHeader.ofUnknownContent(number));
    state(memory, held);
  }

  private static byte @Nullable [] remembered(OriginMemory memory, OriginNumber number) {
    RecentHashes line = memory.lines.get(new Line(number.lane(), number.epoch()));
    return line == null ? null : line.get(number.sequence());
  }

  private static void state(OriginMemory memory, NumberedHeader held) {
    if (memory.pending.size() < PENDING) {
      memory.pending.put(held.number(), held);
    }
  }

  /** States again what is remembered of an origin, as receipts and statements may be lost. */
  synchronized void repeat(AgencyName origin) {
    OriginMemory memory = origins.get(origin);
    if (memory != null) {
      memory.lines.forEach(
          (line, recent) ->
              recent
                  .all()
                  .forEach(
                      (sequence, hash) ->
                          state(
                              memory,
                              new NumberedHeader(
                                  new OriginNumber(line.epoch(), line.lane(), sequence), hash))));
    }
  }

  /** Removes and returns numbers to state to an origin, as many as one statement takes. */
  synchronized List<NumberedHeader> take(AgencyName origin) {
    OriginMemory memory = origins.get(origin);
    List<NumberedHeader> out = new ArrayList<>();
    if (memory != null) {
      Iterator<NumberedHeader> pending = memory.pending.values().iterator();
      while (pending.hasNext() && out.size() < WatermarkStatement.MAX_HELD) {
        out.add(pending.next());
        pending.remove();
      }
    }
    return out;
  }

  /**
   * The hashes of the latest numbers of one line. A number has the place of its low bits; the table
   * doubles until its numbers fit or it has {@value ReceivedHeaders#REMEMBERED} places.
   */
  private static final class RecentHashes {
    private static final int FIRST_SIZE = 16;

    private long[] numbers = new long[FIRST_SIZE];
    private byte[] hashes = new byte[FIRST_SIZE * Sha256.HASH_BYTES];

    int slots() {
      return numbers.length;
    }

    void put(OriginNumber number, byte[] hash) {
      put(number.sequence(), hash, 0);
    }

    private void put(long sequence, byte[] from, int offset) {
      while (numbers.length < REMEMBERED && isTaken(sequence)) {
        grow();
      }
      int place = place(sequence);
      numbers[place] = sequence;
      System.arraycopy(from, offset, hashes, place * Sha256.HASH_BYTES, Sha256.HASH_BYTES);
    }

    private boolean isTaken(long sequence) {
      long there = numbers[place(sequence)];
      return there != 0 && there != sequence;
    }

    private void grow() {
      long[] before = numbers;
      byte[] hashesBefore = hashes;
      numbers = new long[2 * before.length];
      hashes = new byte[2 * hashesBefore.length];
      for (int i = 0; i < before.length; i++) {
        if (before[i] != 0) {
          // Two places for each before, so nothing collides.
          int place = place(before[i]);
          numbers[place] = before[i];
          System.arraycopy(
              hashesBefore,
              i * Sha256.HASH_BYTES,
              hashes,
              place * Sha256.HASH_BYTES,
              Sha256.HASH_BYTES);
        }
      }
    }

    private int place(long sequence) {
      return (int) (sequence & (numbers.length - 1));
    }

    byte @Nullable [] get(long sequence) {
      int place = place(sequence);
      return numbers[place] == sequence ? hash(place) : null;
    }

    private byte[] hash(int place) {
      byte[] hash = new byte[Sha256.HASH_BYTES];
      System.arraycopy(hashes, place * Sha256.HASH_BYTES, hash, 0, Sha256.HASH_BYTES);
      return hash;
    }

    Map<Long, byte[]> all() {
      Map<Long, byte[]> all = new HashMap<>();
      for (int place = 0; place < numbers.length; place++) {
        if (numbers[place] != 0) {
          all.put(numbers[place], hash(place));
        }
      }
      return all;
    }
  }
}
