package org.entente.gateway.feature.risk;

import java.util.stream.Collectors;
import org.entente.gateway.config.RiskConfig;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;

/** Risk scores of received messages. */
public final class RiskFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    ScoreDesk scores =
        new ScoreDesk(
            new ScoreParts(
                gateway.self(),
                gateway.ledger(),
                gateway.records().inbox(),
                gateway.records().desks(),
                around.random(),
                around.meters()),
            new ScoreCheck(
                gateway.rules().labels(),
                () -> gateway.rules().policy().get().rulebook().codes().indicators()),
            bands(gateway.config().riskInForce()));
    registry.offer(context -> new RiskService(scores, context));
  }

  private static ScoreBands bands(RiskConfig risk) {
    return new ScoreBands(
        risk.bandsInForce().stream()
            .collect(Collectors.toMap(RiskConfig.Band::fromPerMille, RiskConfig.Band::name)));
  }
}
