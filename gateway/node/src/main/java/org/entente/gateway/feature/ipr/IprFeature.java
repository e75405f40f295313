package org.entente.gateway.feature.ipr;

import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.identity.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The procedure for goods that may infringe an intellectual property right. */
public final class IprFeature implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(IprFeature.class);

  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    IprParts parts =
        new IprParts(
            gateway.self(),
            gateway.ledger(),
            gateway.records().atRest(),
            gateway.rules().labels(),
            around.clock(),
            around.random());
    IprMonitor monitor =
        new IprMonitor(gateway.config(), client -> gateway.has(client, Scope.RIGHTS_HOLDER));
    monitor.register(around.meters(), IprTable.of(gateway.ledger()), around.clock());
    registry.warn(() -> monitor.warnings(IprTable.of(gateway.ledger()), around.clock()));
    IprRetention retention = new IprRetention(parts, monitor.settings(), around.ending());
    registry.beforeExpiry(() -> expire(retention));
    registry.offer(
        context ->
            new IprService(
                new IprOffice(parts, monitor.settings()),
                new HolderDesk(parts, monitor.settings(), IprService::payForFurther)));
  }

  /** Seals open records again, under a key that lives on. */
  private static void expire(IprRetention retention) {
    int erased = retention.round();
    if (erased > 0) {
      LOG.info("erased {} recordations and rights cases whose retention ended", erased);
    }
  }
}
