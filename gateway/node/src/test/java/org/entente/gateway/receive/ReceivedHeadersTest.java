package org.entente.gateway.receive;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.junit.jupiter.api.Test;

class ReceivedHeadersTest {
  private final ReceivedHeaders held = new ReceivedHeaders();

  private static OriginNumber number(long epoch, Lane lane, long sequence) {
    return new OriginNumber(epoch, lane, sequence);
  }

  private static OriginNumber number(long sequence) {
    return number(1, Lane.ROUTINE, sequence);
  }

  private static NumberedHeader of(OriginNumber number) {
    byte[] text = number.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return new NumberedHeader(number, Sha256.hash(text));
  }

  private void count(AgencyName origin, OriginNumber number) {
    held.counted(origin, number, of(number).headerHash());
  }

  /** What is stated of a number that is offered again after all else was stated. */
  private NumberedHeader offered(AgencyName origin, OriginNumber number) {
    drain(origin);
    held.offeredAgain(origin, number, Optional.empty());
    List<NumberedHeader> taken = held.take(origin);
    assertEquals(1, taken.size());
    return taken.get(0);
  }

  private void drain(AgencyName origin) {
    int most = ReceivedHeaders.PENDING / WatermarkStatement.MAX_HELD;
    for (int i = 0; i < most; i++) {
      held.take(origin);
    }
  }

  @Test
  void counted_isStatedOnce() {
    count(FR, number(1));
    count(FR, number(2));
    count(SG, number(1));
    assertEquals(List.of(of(number(1)), of(number(2))), held.take(FR));
    assertEquals(List.of(), held.take(FR));
    assertEquals(List.of(of(number(1))), held.take(SG));
  }

  @Test
  void offeredAgain_isStatedWithWhatCameUnderIt() {
    count(FR, number(7));
    drain(FR);
    held.offeredAgain(FR, number(7), Optional.of(new byte[32]));
    assertEquals(List.of(of(number(7))), held.take(FR), "what was counted, not what is offered");
  }

  /** What waits for a statement may have left the memory of the latest numbers. */
  @Test
  void offeredAgain_beforeItWasStated_isStatedAsItWasCounted() {
    for (long sequence = 1; sequence <= ReceivedHeaders.REMEMBERED + 1L; sequence++) {
      count(FR, number(sequence));
    }
    held.offeredAgain(FR, number(1), Optional.empty());
    assertEquals(of(number(1)), held.take(FR).get(0));
  }

  @Test
  void offeredAgain_withoutMemory_isStatedAsTheLedgerShows_orAsUnknown() {
    byte[] here = Sha256.hash(new byte[] {1});
    held.offeredAgain(FR, number(1), Optional.of(here));
    assertEquals(List.of(new NumberedHeader(number(1), here)), held.take(FR));
    assertEquals(NumberedHeader.ofUnknownContent(number(1)), offered(FR, number(1)));
    assertFalse(offered(FR, number(1)).isKnown());
  }

  @Test
  void memory_holdsTheLatestOfALine() {
    List<Long> sequences = new ArrayList<>();
    for (long i = 1; i <= 3L * ReceivedHeaders.REMEMBERED; i++) {
      sequences.add(i);
    }
    sequences.forEach(sequence -> count(FR, number(sequence)));
    long oldest = 2L * ReceivedHeaders.REMEMBERED + 1;
    for (long sequence = oldest; sequence <= 3L * ReceivedHeaders.REMEMBERED; sequence++) {
      assertEquals(of(number(sequence)), offered(FR, number(sequence)));
    }
    assertFalse(offered(FR, number(oldest - 1)).isKnown());
  }

  /** A table grows until its numbers fit, and loses none meanwhile. */
  @Test
  void memory_ofScatteredNumbers_grows() {
    for (long sequence = 1; sequence <= 900; sequence += 13) {
      count(FR, number(sequence));
    }
    for (long sequence = 1; sequence <= 900; sequence += 13) {
      assertEquals(of(number(sequence)), offered(FR, number(sequence)));
    }
  }

  @Test
  void lines_ofAnOrigin_beyondTheMost_dropTheOneUsedLeastRecently() {
    for (int epoch = 1; epoch <= ReceivedHeaders.LINES; epoch++) {
      count(FR, number(epoch, Lane.FLASH, 1));
    }
    assertEquals(
        of(number(1, Lane.FLASH, 1)), offered(FR, number(1, Lane.FLASH, 1)), "and uses it");
    count(FR, number(1, Lane.ROUTINE, 1));
    assertFalse(offered(FR, number(2, Lane.FLASH, 1)).isKnown());
    assertEquals(of(number(1, Lane.FLASH, 1)), offered(FR, number(1, Lane.FLASH, 1)));
  }

  @Test
  void memory_ofAllOrigins_isBounded_andDropsTheOriginUsedLeastRecently() {
    int origins = ReceivedHeaders.SLOTS / ReceivedHeaders.REMEMBERED;
    for (int i = 0; i <= origins; i++) {
      AgencyName origin = new AgencyName("x.member-" + i);
      byte[] hash = ByteBuffer.allocate(32).putInt(i + 1).array();
      // Two numbers that only the largest table has room for.
      held.counted(origin, number(1), hash);
      held.counted(origin, number(1 + ReceivedHeaders.REMEMBERED / 2), hash);
    }
    assertFalse(offered(new AgencyName("x.member-0"), number(1)).isKnown());
    NumberedHeader last = offered(new AgencyName("x.member-" + origins), number(1));
    assertEquals(origins + 1, ByteBuffer.wrap(last.headerHash()).getInt());
  }

  @Test
  void pending_isBounded_andTakenByTheStatement() {
    for (long sequence = 1; sequence <= ReceivedHeaders.PENDING + 10L; sequence++) {
      count(FR, number(sequence));
    }
    int statements = 0;
    for (List<NumberedHeader> some = held.take(FR); !some.isEmpty(); some = held.take(FR)) {
      assertEquals(WatermarkStatement.MAX_HELD, some.size());
      statements++;
    }
    assertEquals(ReceivedHeaders.PENDING / WatermarkStatement.MAX_HELD, statements);
  }

  @Test
  void repeat_statesAgainWhatIsRemembered() {
    count(FR, number(1));
    count(FR, number(2, Lane.FLASH, 9));
    held.take(FR);
    held.repeat(FR);
    held.repeat(SG);
    assertEquals(List.of(), held.take(SG));
    List<NumberedHeader> again = held.take(FR);
    assertEquals(2, again.size());
    assertEquals(
        List.of(of(number(1)), of(number(2, Lane.FLASH, 9))),
        again.stream().sorted(java.util.Comparator.comparing(NumberedHeader::number)).toList());
  }
}
