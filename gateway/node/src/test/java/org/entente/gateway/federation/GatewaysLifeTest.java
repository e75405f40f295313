package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A few lives of {@code KeyLifeTest}'s kind on real gateways, with what needs one: audit pairs that
 * change with the agency's, and bundles that each gateway reads for itself. {@code
 * -Dentente.seed=N} lives one again, as far as choices go.
 */
class GatewaysLifeTest {
  private static final int LIVES = 2;
  private static final int STEPS = 24;
  private static final Duration MOST = Duration.ofDays(30);
  private static final Duration STEP = Duration.ofHours(6);
  private static final Duration DEADLINE = Duration.ofDays(55);

  @RegisterExtension
  final RunningFederation federation = RunningFederation.keeping(Duration.ofDays(60));

  static LongStream seeds() {
    Long only = Long.getLong("entente.seed");
    return only == null ? LongStream.range(0, LIVES) : LongStream.of(only);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void mail_overRealGateways_inAnyOrder_arrivesOnceAndOpens(long seed) throws IOException {
    new Life(federation, seed).live();
  }

  /** One life. */
  private static final class Life {
    private final RunningFederation federation;
    private final long seed;
    private final Random choices;
    private final List<String> history = new ArrayList<>();
    private final Map<String, List<String>> sent =
        new TreeMap<>(Map.of(DE, new ArrayList<>(), SG, new ArrayList<>()));
    private final Map<String, Boolean> up = new TreeMap<>();
    private final Map<String, Boolean> renewed = new TreeMap<>();
    private Duration passed = Duration.ZERO;

    Life(RunningFederation federation, long seed) {
      this.federation = federation;
      this.seed = seed;
      this.choices = new Random(seed);
    }

    void live() throws IOException {
      try {
        for (String agency : List.of(FR, HUB, DE, SG)) {
          start(agency);
        }
        for (int i = 0; i < STEPS; i++) {
          happen();
        }
        for (String agency : List.of(FR, HUB, DE, SG)) {
          start(agency);
        }
        for (Map.Entry<String, List<String>> one : sent.entrySet()) {
          // Of mail through a transit, what has to be sealed anew is overtaken.
          List<String> received =
              RunningFederation.headlines(federation.receive(one.getKey(), one.getValue().size()));
          assertEquals(
              one.getValue().stream().sorted().toList(), received.stream().sorted().toList());
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ":\n" + String.join("\n", history), e);
      }
    }

    private void happen() throws IOException {
      int what = choices.nextInt(10);
      if (what < 3) {
        send();
      } else if (what < 6) {
        pass();
      } else if (what < 8) {
        restart();
      } else {
        pairs();
      }
    }

    private void send() {
      List<String> to = any(List.of(List.of(DE), List.of(SG), List.of(DE, SG)));
      String headline = "message " + history.size();
      history.add(headline + " to " + to);
      federation.send(FR, headline, DEADLINE, to.toArray(String[]::new));
      to.forEach(recipient -> sent.getOrDefault(recipient, List.of()).add(headline));
    }

    private void pass() {
      Duration time = Duration.ofHours(6L * (1 + choices.nextInt(20)));
      if (passed.plus(time).compareTo(MOST) <= 0) {
        passed = passed.plus(time);
        history.add(time + " pass");
        federation.pass(time, STEP);
      }
    }

    private void restart() {
      String agency = any(List.of(FR, HUB, DE, SG));
      boolean away = !agency.equals(FR) && choices.nextBoolean();
      history.add(agency + (away ? " goes away" : " restarts"));
      federation.stop(agency);
      up.put(agency, false);
      if (!away) {
        start(agency);
      }
    }

    private void start(String agency) {
      if (!up.getOrDefault(agency, false)) {
        federation.start(agency);
        up.put(agency, true);
      }
    }

    /** Both pairs of an agency are replaced; the next time the bundle drops those before. */
    private void pairs() throws IOException {
      String agency = any(List.of(FR, DE, SG));
      if (renewed.getOrDefault(agency, false)) {
        history.add("the bundle drops old pairs of " + agency);
        federation.files().dropOldPairs(agency);
        renewed.put(agency, false);
      } else if (up.getOrDefault(agency, false)) {
        history.add(agency + " has other pairs");
        federation.renewPairs(agency);
        renewed.put(agency, true);
      }
      federation.pass(Duration.ofMinutes(2), Duration.ofMinutes(1));
    }

    private <T> T any(List<T> from) {
      return from.get(choices.nextInt(from.size()));
    }
  }
}
