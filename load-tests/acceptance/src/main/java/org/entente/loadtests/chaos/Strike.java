package org.entente.loadtests.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The next gateways to kill, and when.
 *
 * @param afterAnswers strike when publishers have so many more answers: a moment under load,
 *     however fast the machine is
 * @param victims one or two
 * @param downMillis how long each stays down at least, in the order of the victims
 * @param awaitReady wait until they are ready again; without it the next strike may hit a gateway
 *     that is only starting
 */
record Strike(
    int afterAnswers, List<String> victims, List<Integer> downMillis, boolean awaitReady) {
  private static final int PAIRS = 4;
  private static final int STARTING = 4;
  private static final int DOWN_MILLIS = 1_500;

  Strike {
    victims = List.copyOf(victims);
    downMillis = List.copyOf(downMillis);
  }

  /**
   * Chooses.
   *
   * @param running not empty
   * @param atMost kills that are left
   * @param perSecond answers that a second brings where nothing is down
   */
  static Strike next(
      RandomGenerator random, Collection<String> running, int atMost, int perSecond) {
    List<String> left = new ArrayList<>(new TreeSet<>(running));
    int count = Math.min(random.nextInt(PAIRS) == 0 ? 2 : 1, Math.min(atMost, left.size()));
    List<String> victims = new ArrayList<>();
    List<Integer> downMillis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      victims.add(left.remove(random.nextInt(left.size())));
      downMillis.add(random.nextInt(DOWN_MILLIS));
    }
    int after = 1 + random.nextInt(2 * perSecond);
    return new Strike(after, victims, downMillis, random.nextInt(STARTING) != 0);
  }
}
