package org.entente.gateway.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class BundleExchangeTest {
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final AgencyName HUB = new AgencyName("x.hub");
  private static final String OTHER = Fingerprint.of("another bundle").hex();

  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle one = federation.bundle(federation.content(1));
  private final BundleExchange behind = new BundleExchange();
  private final BundleExchange ahead = new BundleExchange();

  /** A bundle of more than one part. */
  private TrustBundle large() {
    List<Member> members = new ArrayList<>();
    for (char letter = 'a'; letter <= 'p'; letter++) {
      String name = "f" + letter + ".customs";
      members.add(
          federation.mint(
              new AgencyName(name),
              "F" + Character.toUpperCase(letter),
              AgencyKind.CUSTOMS,
              Set.of(AgencyRole.MEMBER)));
    }
    return federation.bundle(federation.content(2, members));
  }

  @Test
  void newerBundle_isFetchedInPartsEachAskedFor() {
    TrustBundle two = large();
    assertTrue(two.noteBytes().length > BundleExchange.PART_BYTES, "several parts");
    BundleExchange.Ask ask = behind.heard(HUB, two.version(), two.hash(), one, START).orElseThrow();
    int parts = 0;
    BundleExchange.Next next = new BundleExchange.Next.More(ask);
    while (next instanceof BundleExchange.Next.More more) {
      BundleExchange.Part part = ahead.answer(DE, more.ask(), two, START).orElseThrow();
      next = behind.part(HUB, part, one, START);
      parts++;
    }
    byte[] whole = new byte[two.noteBytes().length];
    assertInstanceOf(BundleExchange.Next.Whole.class, next).note();
    ((BundleExchange.Next.Whole) next).note().get(whole);
    assertArrayEquals(two.noteBytes(), whole);
    assertTrue(parts > 1, parts + " parts");
  }

  @Test
  void sameOrOlderBundle_isNotAskedFor_butAnotherOfTheVersionIs() {
    assertEquals(Optional.empty(), behind.heard(DE, 1, one.hash(), one, START));
    assertEquals(Optional.empty(), behind.heard(DE, 0, OTHER, one, START));
    assertTrue(behind.heard(DE, 1, OTHER, one, START).isPresent(), "it may prove equivocation");
  }

  @Test
  void oneFetchAtATime_untilItsPeerIsSilentTooLong() {
    assertTrue(behind.heard(DE, 9, OTHER, one, START).isPresent());
    assertEquals(Optional.empty(), behind.heard(HUB, 9, OTHER, one, START.plusSeconds(1)));
    assertTrue(behind.heard(HUB, 9, OTHER, one, START.plus(BundleExchange.PATIENCE)).isPresent());
  }

  @Test
  void refusedHash_isNotFetchedAgainForATime() {
    behind.refused(OTHER, START);
    assertEquals(Optional.empty(), behind.heard(DE, 9, OTHER, one, START.plusSeconds(30)));
    assertTrue(behind.heard(DE, 9, OTHER, one, START.plus(BundleExchange.REFUSED_FOR)).isPresent());
  }

  @Test
  void parts_unaskedTooLargeOrOutOfPlace_areNotTaken() {
    byte[] full = new byte[BundleExchange.PART_BYTES];
    int total = 3 * full.length;
    assertUnasked(DE, OTHER, 0, total, full);
    behind.heard(DE, 9, OTHER, one, START);
    assertUnasked(HUB, OTHER, 0, total, full);
    assertUnasked(DE, OTHER, full.length, total, full);
    assertUnasked(DE, OTHER, 0, SignedNote.MAX_BYTES + 1, full);
    assertUnasked(DE, OTHER, 0, 0, new byte[0]);
    assertUnasked(DE, OTHER, 0, total, new byte[100]);
    assertUnasked(DE, OTHER, 0, total, new byte[full.length + 1]);
    BundleExchange.Next first =
        behind.part(
            DE, new BundleExchange.Part(OTHER, 0, total, ByteBuffer.wrap(full)), one, START);
    assertInstanceOf(BundleExchange.Next.More.class, first);
    assertUnasked(DE, Fingerprint.of("a third").hex(), full.length, total, full);
    assertUnasked(DE, OTHER, full.length, total + 1, full);
    assertUnasked(DE, OTHER, 0, total, full);
  }

  private void assertUnasked(AgencyName from, String hash, int offset, int total, byte[] bytes) {
    assertInstanceOf(
        BundleExchange.Next.Unasked.class,
        behind.part(
            from,
            new BundleExchange.Part(hash, offset, total, ByteBuffer.wrap(bytes)),
            one,
            START));
  }

  @Test
  void peerThatAsksWithoutEnd_isAnsweredSoOftenAMinute() {
    int answers = 0;
    while (ahead.answer(DE, new BundleExchange.Ask(0, "", 0), one, START).isPresent()) {
      answers++;
    }
    assertEquals(2 * SignedNote.MAX_BYTES / BundleExchange.PART_BYTES, answers);
    assertTrue(ahead.answer(HUB, new BundleExchange.Ask(0, "", 0), one, START).isPresent());
    assertTrue(
        ahead.answer(DE, new BundleExchange.Ask(0, "", 0), one, START.plusSeconds(60)).isPresent());
    assertEquals(
        Optional.empty(),
        ahead.answer(HUB, new BundleExchange.Ask(0, "", one.noteBytes().length), one, START));
    assertEquals(
        Optional.empty(), ahead.answer(HUB, new BundleExchange.Ask(0, "", -1), one, START));
  }
}
