package org.entente.gateway.node.console;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;

/** The page of refusals by rule. */
final class RefusalsPage {
  private final ConsoleSources sources;

  RefusalsPage(ConsoleSources sources) {
    this.sources = sources;
  }

  View view(View.Frame frame) {
    List<View.Refusal> refusals =
        sources.meters().refusals().stream()
            .sorted(Comparator.comparingDouble(Meters.Sample::value).reversed())
            .map(RefusalsPage::refusal)
            .toList();
    return new View.Refusals(frame, refusals);
  }

  private static View.Refusal refusal(Meters.Sample sample) {
    String side = sample.labelValues().get(0);
    Code code = Code.valueOf(sample.labelValues().get(1));
    return new View.Refusal(
        code.name(),
        side(side),
        code.whoMustAct().name().toLowerCase(Locale.ROOT),
        code.retry() ? "yes" : "no",
        new View.Figure(side + "." + code, "", Long.toString((long) sample.value())));
  }

  private static String side(String label) {
    return switch (label) {
      case "egress" -> "sent by this agency, refused by policy";
      case "ingress" -> "sent to this agency, refused by policy";
      case "client" -> "call of an own client";
      default -> "frame of a peer";
    };
  }
}
