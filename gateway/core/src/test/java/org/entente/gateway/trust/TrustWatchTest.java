package org.entente.gateway.trust;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class TrustWatchTest {
  private static final Instant END = START.plus(TestFederation.LIFETIME);

  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle bundle = federation.bundle(federation.content(1));
  private final TrustWatch watch = new TrustWatch(BundleVerifier.MAX_GRACE);

  private TrustWatch.TrustNotice said(Instant now) {
    return watch.look(bundle, now).orElseThrow();
  }

  @Test
  void expiry_isToldAheadThenAsAlarmInGraceAndAfter_andHourlyInBetween() {
    assertEquals(Optional.empty(), watch.look(bundle, START));
    Instant soon = END.minus(TestFederation.LIFETIME.dividedBy(4));
    assertEquals(Optional.empty(), watch.look(bundle, soon.minusSeconds(1)));
    assertTrue(said(soon).text().contains("expires at " + END), "a quarter of its life ahead");
    assertEquals(Optional.empty(), watch.look(bundle, soon.plus(Duration.ofMinutes(59))));
    assertTrue(!said(soon.plus(Duration.ofHours(1))).alarm(), "nobody is cut off yet");

    TrustWatch.TrustNotice grace = said(END.plusSeconds(1));
    assertTrue(grace.alarm() && grace.text().contains("remains usable until"), grace.text());
    TrustWatch.TrustNotice over = said(END.plus(BundleVerifier.MAX_GRACE).plusSeconds(1));
    assertTrue(over.alarm() && over.text().contains("no peer is accepted"), over.text());
  }

  @Test
  void newBundle_endsTheAlarm() {
    said(END.plusSeconds(1));
    BundleContent next =
        BundleEdit.after(bundle.content()).build(END, END.plus(Duration.ofDays(90)));
    TrustWatch.TrustNotice word =
        watch.look(federation.bundle(next), END.plusSeconds(2)).orElseThrow();
    assertTrue(!word.alarm() && word.text().contains("is valid until"), word.text());
  }

  @Test
  void state_isWhatHolds_whetherOrNotItWasSaid() {
    assertEquals(Optional.empty(), watch.state(bundle, START));
    Instant late = END.plusSeconds(1);
    TrustWatch.TrustNotice word = said(late);
    assertEquals(word, watch.state(bundle, late).orElseThrow());
    assertEquals(word, watch.state(bundle, late).orElseThrow());
  }
}
