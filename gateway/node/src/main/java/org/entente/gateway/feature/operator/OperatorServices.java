package org.entente.gateway.feature.operator;

import java.util.List;
import org.entente.gateway.rpc.ClientService;

/** The services for operators. */
public final class OperatorServices {
  private OperatorServices() {}

  /** All of them. */
  public static List<ClientService> of(
      Quarantine quarantine, Links links, Cursors cursors, OwnBackups backups, OwnPairs pairs) {
    return List.of(
        context -> new KeysService(pairs),
        context -> new QuarantineService(quarantine),
        context -> new LinksService(links),
        context -> new CursorsService(cursors),
        context -> new BackupsService(backups));
  }
}
