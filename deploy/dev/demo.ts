/** `npm run demo`: the lab, then the main job in front of your eyes: play both tenants, show that nothing stays. */
import { colours, labUp, orderwatch } from './steps.ts';

const CONFIG = ['--config', '.lab/orderwatch.yaml'] as const;

function chapter(title: string, ...args: readonly string[]): number {
  console.log(`\n${colours.bold(title)}`);
  console.log(colours.dim(`$ npx orderwatch ${args.join(' ')}`));
  return orderwatch(...args);
}

labUp();
const codes = [
  chapter('What the two tenants offer', 'doctor', ...CONFIG),
  chapter(
    'A login and an order in each, by call and by click, read back and undone',
    'run',
    ...CONFIG,
  ),
  chapter('What is left of it', 'residue', ...CONFIG, '--now'),
];
console.log(`
Where to look next
  the last runs as JSON       npx orderwatch run --config .lab/orderwatch.yaml --json -
  break something, run again  npm run lab -- down; npx orderwatch run --config .lab/orderwatch.yaml
  Odoo itself                 npm run lab -- status shows both URLs; log in as admin / admin
  your own Odoo               README.md, "Your own Odoo in ten lines"
  stop the lab                npm run lab -- down`);
process.exitCode = Math.max(...codes);
