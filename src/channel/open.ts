/** Chooses the adapter of a channel; nothing is connected yet. */
import type { FileChannel } from '../domain/edi-channel.ts';
import type { Channel } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { FolderFiles } from './folder.ts';
import { HttpFiles } from './http.ts';
import { SftpFiles } from './sftp.ts';

export function openChannel(channel: FileChannel, clock: Clock): Channel {
  switch (channel.kind) {
    case 'folder':
      return new FolderFiles(channel, clock);
    case 'sftp':
      return new SftpFiles(channel, clock);
    case 'http':
      return new HttpFiles(channel, clock);
  }
}
