/* Which of the console's faces is shown: it depends on who is there. */
import { Console } from './console.tsx';
import { Login } from './pages/login.tsx';
import { Setup } from './pages/setup.tsx';
import { failure, sessionRead, standing } from './session.ts';
import { Announcer } from './ui/announcer.tsx';
import { Failure, Loading } from './ui/state.tsx';

function Face() {
  switch (standing.value) {
    case 'unknown':
      return (
        <main class="gate">
          <Loading what="the console" />
        </main>
      );
    case 'unreachable':
      return (
        <main class="gate">
          <Failure what="Not connected" reason={failure.value ?? ''} onRetry={() => void sessionRead()} />
        </main>
      );
    case 'first-visit':
      return <Setup />;
    case 'signed-out':
      return <Login />;
    case 'signed-in':
      return <Console />;
  }
}

export const App = () => (
  <>
    <Face />
    <Announcer />
  </>
);
