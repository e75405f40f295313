package org.entente.gateway.feature;

import java.util.function.BooleanSupplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;

/** Exports of the audit log for clients. */
@FunctionalInterface
public interface AuditExports {
  /**
   * A page of an export, which is on record when it returns. Blocks; safe for many threads.
   *
   * @param account pays for what is examined beyond the price of the call
   * @param cancelled whether nobody waits for the page any more
   */
  Result<ExportResponse> export(
      Identified client, Account account, BooleanSupplier cancelled, ExportRequest request);
}
