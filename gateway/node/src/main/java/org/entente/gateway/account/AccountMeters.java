package org.entente.gateway.account;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.entente.gateway.meter.Meters;

/**
 * Shows accounts as metrics. Callers that are in the trust bundle or the configuration no more are
 * shown together as {@value #OTHER}.
 */
public final class AccountMeters {
  private static final String OTHER = "other";
  private static final List<String> LABELS = List.of("side", "name", "what");

  private AccountMeters() {}

  /**
   * The accounts of a port.
   *
   * @param side {@code peer} or {@code client}
   * @param named whether a caller is a member of the federation, or a configured client
   */
  public record Port(String side, Accounts accounts, Predicate<String> named) {}

  /** Registers the metrics of all accounts. */
  public static void register(Meters meters, List<Port> ports) {
    meters.gauge(
        "entente_account_held",
        "What each agency (side peer) and client holds now.",
        LABELS,
        () -> samples(ports, Account.Use::isHeld, Account.Use::held));
    meters.counter(
        "entente_account_used_total",
        "What each agency (side peer) and client has used since the start.",
        LABELS,
        () -> samples(ports, use -> true, Account.Use::ever));
    meters.counter(
        "entente_account_limited_total",
        "How often a limit of its account refused or delayed an agency (side peer) or client.",
        LABELS,
        () -> samples(ports, use -> true, Account.Use::limited));
  }

  private static List<Meters.Sample> samples(
      List<Port> ports, Predicate<Account.Use> shown, ToDoubleFunction<Account.Use> value) {
    Map<List<String>, Double> sums = new HashMap<>();
    for (Port port : ports) {
      port.accounts()
          .byCaller()
          .forEach(
              (caller, account) -> {
                String name = port.named().test(caller) ? caller : OTHER;
                account.uses().stream()
                    .filter(shown)
                    .forEach(
                        use ->
                            sums.merge(
                                List.of(port.side(), name, use.what()),
                                value.applyAsDouble(use),
                                Double::sum));
              });
    }
    List<Meters.Sample> samples = new ArrayList<>();
    sums.forEach((labels, sum) -> samples.add(new Meters.Sample(labels, sum)));
    return samples;
  }
}
