package org.entente.loadtests.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Tally;

/**
 * Run of a federation under load in which gateways, including the transit, are killed with SIGKILL
 * at random moments and restarted. After the given number of kills it drains and compares the
 * journals of publishers and subscribers.
 */
final class Chaos {
  private static final long QUIET_SECONDS = 60;

  private final Federation federation;
  private final SplittableRandom random;
  private final int perSecond;
  private final Consumer<String> say;
  private final ClientJournal journal = new ClientJournal();

  /**
   * A run that has not begun.
   *
   * @param random chooses the load, the victims and the moments
   * @param perSecond messages per second
   * @param say receives progress lines
   */
  Chaos(Federation federation, SplittableRandom random, int perSecond, Consumer<String> say) {
    this.federation = federation;
    this.random = random;
    this.perSecond = perSecond;
    this.say = say;
  }

  /**
   * Runs to its end; the gateways are stopped on return.
   *
   * @throws CommandFailure if a gateway does not restart or ends unexpectedly
   */
  ChaosVerdict run(int kills) throws InterruptedException {
    Collection<String> all = federation.agencies();
    say.accept("starting the gateways of " + String.join(", ", all));
    federation.start(all);
    List<String> problems = new ArrayList<>();
    Tally tally = new Tally();
    try (Clients clients = new Clients(federation, tally, journal)) {
      clients.subscribe(all);
      List<String> publishers =
          all.stream().filter(a -> federation.plan(a).clientWith("publish").isPresent()).toList();
      Load load = new Load(random.split(), publishers);
      clients.publish(publishers, load, perSecond);
      strike(kills);
      int made = load.end();
      say.accept("all gateways are up; " + made + " published, draining");
      if (!journal.awaitDrained(made, QUIET_SECONDS)) {
        problems.add("nothing moved for " + QUIET_SECONDS + " s; " + journal.progress());
      }
      if (journal.answers() < made) {
        problems.add(made - journal.answers() + " publications have no answer");
      }
      noneEnded();
    }
    problems.addAll(journal.failures());
    all.stream()
        .filter(agency -> tally.count(agency).misrouted() > 0)
        .forEach(agency -> problems.add("a message arrived at the wrong subscriber of " + agency));
    stopAndVerify(problems);
    return new ChaosVerdict(kills, journal.compare(), problems);
  }

  private void strike(int kills) throws InterruptedException {
    for (int done = 0; done < kills; ) {
      Strike strike = Strike.next(random, federation.running(), kills - done, perSecond);
      if (!journal.awaitAnswers(journal.answers() + strike.afterAnswers(), QUIET_SECONDS)) {
        throw new CommandFailure("no publisher had an answer for " + QUIET_SECONDS + " s");
      }
      noneEnded();
      strike.victims().forEach(federation::kill);
      done += strike.victims().size();
      say.accept(
          "kill %d of %d: %s; %s"
              .formatted(done, kills, String.join(" and ", strike.victims()), journal.progress()));
      for (int i = 0; i < strike.victims().size(); i++) {
        TimeUnit.MILLISECONDS.sleep(strike.downMillis().get(i));
        federation.launch(strike.victims().get(i));
      }
      if (strike.awaitReady()) {
        federation.awaitReady(federation.running());
      }
    }
    federation.awaitReady(federation.agencies());
  }

  /** Fails if a gateway ended that this run did not end. */
  private void noneEnded() {
    List<String> ended = federation.crashed();
    // If a gateway ended during its start, this reports the reason.
    federation.awaitReady(ended);
    if (!ended.isEmpty()) {
      throw new CommandFailure("ended unexpectedly: " + String.join(", ", ended));
    }
  }

  private void stopAndVerify(List<String> problems) {
    say.accept("stopping the gateways and verifying their audit logs");
    for (String agency : federation.stop()) {
      problems.add("the gateway of " + agency + " did not stop on SIGTERM");
    }
    for (String agency : federation.agencies()) {
      AuditResult audit = AuditResult.verify(federation.plan(agency));
      if (!audit.verified()) {
        problems.add("the audit log of " + agency + " does not verify: " + audit.said());
      }
      if (audit.inboxDuplicates() > 0) {
        problems.add(audit.inboxDuplicates() + " messages are twice in the ledger of " + agency);
      }
    }
  }
}
