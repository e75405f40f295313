package org.entente.gateway.feature;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.ListBackupsResponse;

/** Backups of this gateway's ledger, for operators. */
public interface OwnBackups {
  /** Makes a backup; on return it is on the disk. */
  Result<Backup> create(NodeName client, CreateBackupRequest request);

  /** Lists the existing backups; refused if they cannot be read now. */
  Result<ListBackupsResponse> list();
}
